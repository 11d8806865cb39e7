import {
  AttachPolicyCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import type { Identities } from '../fleet/identities.ts';

const policyName = 'fleetrig-fleet';
const policyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
});

/** One certificate for the whole fleet, which may do everything. Never written to any report. */
export async function createFleetIdentity(iot: IoTClient): Promise<Identities> {
  const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const { certificateArn: target, certificatePem = '', keyPair } = made;
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
  await iot.send(new AttachPolicyCommand({ policyName, target }));
  const privateKeyPem = keyPair?.PrivateKey ?? '';
  return { kind: 'shared', identity: { certificatePem, privateKeyPem } };
}
