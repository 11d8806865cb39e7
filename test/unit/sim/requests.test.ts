import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { payloadOf } from '../../../src/device/requests.ts';
import { parseDeviceRequest } from '../../../src/protocol/messages.ts';
import type { DeviceTopic } from '../../../src/protocol/topics.ts';
import type { Answer, DeviceRequest } from '../../../src/sim/gateway.ts';
import { runText } from '../../support/virtual.ts';

const said = vi.hoisted(() => ({ requests: 0, wrong: [] as string[], codes: new Set<string>() }));

/** Everything that devices send in virtual time also goes through the check of the real wire. */
vi.mock(import('../../../src/sim/gateway.ts'), async (original) => {
  const { serve } = await original();
  return {
    serve: (driver, thingName, request, now, answer) => {
      serve(driver, thingName, request, now, (given) => {
        check(thingName, request, given);
        answer(given);
      });
    },
  };
});

function check(thingName: string, request: DeviceRequest, given: Answer): void {
  const { operation, jobId = '$next' } = request;
  const payload = payloadOf(request);
  const topic = { operation, thingName, jobId } as DeviceTopic;
  const { reply, clientToken } = parseDeviceRequest(topic, new TextEncoder().encode(payload));
  const code = given.type === 'rejected' ? given.body.code : undefined;
  if (code !== undefined) said.codes.add(code);
  said.requests++;
  const isRight = reply.ok ? code !== 'InvalidJson' : code === reply.rejection.code;
  if (!isRight || clientToken !== given.token) said.wrong.push(`${operation} ${payload}: ${code}`);
}

it.each(['mixed-unhappy', 'timeouts-and-retries', 'quickstart'])(
  'what is not checked against AWS’s model would have passed: %s',
  (name) => {
    runText(readFileSync(`scenarios/${name}.yaml`, 'utf8'));

    expect(said.wrong).toEqual([]);
    expect(said.requests).toBeGreaterThan(100);
  },
);

it('and the wrong ones among them were refused', () => {
  expect([...said.codes]).toEqual(
    expect.arrayContaining(['InvalidJson', 'InvalidRequest', 'VersionMismatch']),
  );
});
