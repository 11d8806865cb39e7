import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDeviceRequest } from '../../src/protocol/messages.ts';
import type { DeviceTopic } from '../../src/protocol/topics.ts';

const topic = fc.constantFrom<DeviceTopic>(
  { operation: 'get', thingName: 't' },
  { operation: 'start-next', thingName: 't' },
  { operation: 'describe', thingName: 't', jobId: '$next' },
  { operation: 'describe', thingName: 't', jobId: 'j' },
  { operation: 'update', thingName: 't', jobId: 'j' },
);
const member = fc.constantFrom(
  'clientToken',
  'executionNumber',
  'expectedVersion',
  'includeJobDocument',
  'jobId',
  'status',
  'statusDetails',
  'stepTimeoutInMinutes',
  'thingName',
  'unknown',
  '__proto__',
);
const value = fc.oneof(
  fc.constantFrom(null, '5', '-1', 0, 1, 1.5, true, 'FAILED', 'x'.repeat(70)),
  fc.dictionary(fc.string({ maxLength: 3 }), fc.constantFrom(null, '', 'v', 7), { maxKeys: 12 }),
  fc.jsonValue({ maxDepth: 2 }),
);
/** As text, for a member may come twice or be `__proto__`. */
const payload = fc
  .array(fc.tuple(member, value), { maxLength: 6 })
  .map((members) =>
    members.map(([name, held]) => `${JSON.stringify(name)}:${JSON.stringify(held)}`),
  )
  .map((members) => `{${members.join(',')}}`);

it('any members are accepted or refused, by name, and the token comes back', () => {
  fc.assert(
    fc.property(topic, payload, (addressed, text) => {
      const { clientToken, reply } = parseDeviceRequest(addressed, Buffer.from(text));

      const sent: unknown = (JSON.parse(text) as { clientToken?: unknown }).clientToken;
      expect(clientToken).toBe(typeof sent === 'string' ? sent : undefined);
      if (!reply.ok) expect(reply.rejection.code).toBe('InvalidRequest');
    }),
    { numRuns: 3000 },
  );
});

it('a member that is null might as well be absent', () => {
  fc.assert(
    fc.property(topic, payload, member, (addressed, text, name) => {
      const body = JSON.parse(text) as Record<string, unknown>;
      const { [name]: _, ...without } = body;
      const withNull = Object.fromEntries([...Object.entries(without), [name, null]]);

      const judge = (value: object) => {
        const { reply } = parseDeviceRequest(addressed, Buffer.from(JSON.stringify(value)));
        return reply.ok ? Object.entries(reply.value).sort() : reply.rejection;
      };
      expect(judge(withNull)).toEqual(judge(without));
    }),
    { numRuns: 1000 },
  );
});
