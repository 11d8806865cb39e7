import { io, iot, iotjobs, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2';
import { onTestFinished } from 'vitest';
import type { Address } from '../../src/emulator/listen.ts';
import type { Identity } from './identity.ts';

/** Both jobs clients of the AWS IoT Device SDK v2 (C runtime), over one connection. */
export interface SdkDevice {
  readonly jobs: iotjobs.IotJobsClientv2;
  /** The older client: subscribe to answers, then publish. */
  readonly olderJobs: iotjobs.IotJobsClient;
}

/** What mutual TLS takes; without it the connection is plain. */
export interface SdkTrust {
  readonly ca: string;
  readonly identity: Identity;
}

const options = {
  maxRequestResponseSubscriptions: 6,
  maxStreamingSubscriptions: 2,
  operationTimeoutInSeconds: 10,
};

export async function connectSdk311(
  clientId: string,
  { host, port }: Address,
  trust?: SdkTrust,
): Promise<SdkDevice> {
  const config =
    trust === undefined
      ? {
          client_id: clientId,
          host_name: host,
          port,
          clean_session: true,
          keep_alive: 60,
          socket_options: new io.SocketOptions(),
        }
      : iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(
          trust.identity.certificatePem,
          trust.identity.privateKey,
        )
          .with_certificate_authority(trust.ca)
          .with_client_id(clientId)
          .with_endpoint('localhost')
          .with_port(port)
          .with_clean_session(true)
          .build();
  const connection = new mqtt.MqttClient().new_connection(config);
  await connection.connect();
  const jobs = iotjobs.IotJobsClientv2.newFromMqtt311(connection, options);
  onTestFinished(async () => {
    jobs.close();
    await connection.disconnect();
  });
  return { jobs, olderJobs: new iotjobs.IotJobsClient(connection) };
}

export async function connectSdk5(
  clientId: string,
  { host, port }: Address,
  trust?: SdkTrust,
): Promise<SdkDevice> {
  const protocol = new mqtt5.Mqtt5Client({
    hostName: trust === undefined ? host : 'localhost',
    port,
    connectProperties: { clientId, keepAliveIntervalSeconds: 60 },
    ...(trust === undefined ? {} : { tlsCtx: tlsContext(trust) }),
  });
  const connected = new Promise<void>((resolve, reject) => {
    protocol.once('connectionSuccess', () => resolve());
    protocol.once('connectionFailure', ({ error }) => reject(error));
  });
  protocol.start();
  await connected;
  const jobs = iotjobs.IotJobsClientv2.newFromMqtt5(protocol, options);
  onTestFinished(async () => {
    const stopped = new Promise((resolve) => protocol.once('stopped', resolve));
    jobs.close();
    protocol.stop();
    await stopped;
    protocol.close();
  });
  return { jobs, olderJobs: iotjobs.IotJobsClient.newFromMqtt5Client(protocol) };
}

function tlsContext({ ca, identity }: SdkTrust): io.ClientTlsContext {
  const tls = io.TlsContextOptions.create_client_with_mtls(
    identity.certificatePem,
    identity.privateKey,
  );
  tls.override_default_trust_store(ca);
  return new io.ClientTlsContext(tls);
}
