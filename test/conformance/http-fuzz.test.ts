import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planeModels } from '../../src/emulator/http-route.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';
import { fuzzRuns } from '../support/fuzz-runs.ts';

/** What the service may answer to nonsense: never a 500, never silence. */
const expected = new Set([200, 400, 403, 404, 405, 408, 409, 410, 413, 414, 431, 501]);

const routes = Object.values(planeModels).flatMap(({ operations }) => Object.values(operations));

const label = fc.oneof(
  fc.constantFrom('t', 'j', '$next', '%24next', '..', '%2e%2e', '%', '%ff', 'x'.repeat(200), ''),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const members = fc.constantFrom(
  ...Object.values(planeModels).flatMap(({ shapes }) =>
    Object.values(shapes).flatMap((shape) => Object.keys(shape.members ?? {})),
  ),
);
const body = fc.oneof(
  fc
    .dictionary(members, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('', '{', 'null', '[]', '"x"', '{"__proto__":{"a":1}}', '{"targets":[{}]}'),
);

/** A request whose parts are each plausible or absurd. */
const request = fc
  .record({
    route: fc.constantFrom(...routes),
    labels: fc.array(label, { minLength: 4, maxLength: 4 }),
    query: fc.array(fc.tuple(members, fc.string({ maxLength: 12 })), { maxLength: 3 }),
    scope: fc.constantFrom('iot', 'iot-jobs-data', 'execute-api', 'nonsense'),
    body,
  })
  .map(({ route, labels, query, scope, body }) => {
    let place = 0;
    const path = route.uri.replace(/\{[^}]+\}/g, () => labels[place++] ?? '');
    const search = new URLSearchParams(query).toString();
    const bytes = Buffer.from(body);
    return Buffer.concat([
      Buffer.from(
        `${route.method} ${path}?${search} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes.length}\r\n` +
          `authorization: AWS4-HMAC-SHA256 Credential=a/20250101/us-east-1/${scope}/aws4_request\r\nconnection: close\r\n\r\n`,
      ),
      bytes,
    ]);
  });

const mutated = fc
  .record({ bytes: request, edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }) })
  .map(({ bytes, edits }) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of edits) copy[at % copy.length] = byte;
    return copy;
  });

/** The status line's code; undefined when the server only closed. Nonsense is followed by our own end. */
function exchange(
  port: number,
  bytes: Uint8Array,
  isNonsense: boolean,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' }, () =>
      isNonsense ? socket.end(bytes) : socket.write(bytes),
    );
    socket.setTimeout(10_000, () => reject(new Error('no answer and no close within 10 s')));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const code = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
      resolve(code === undefined ? undefined : Number(code));
    });
  });
}

it('answers every well-formed request with one of its codes, whatever is in it', async () => {
  const { http } = await startTestEmulator();

  await fc.assert(
    fc.asyncProperty(request, async (bytes) => {
      const status = await exchange(http.port, bytes, false);

      expect(expected, String(status)).toContain(status);
    }),
    { numRuns: fuzzRuns(1500) },
  );
}, 600_000);

it('answers or closes whatever bytes come, and goes on serving', async () => {
  const { http } = await startTestEmulator();

  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
      const status = await exchange(http.port, bytes, true);

      expect(status === undefined || expected.has(status), String(status)).toBe(true);
    }),
    { numRuns: fuzzRuns(1500) },
  );
  expect((await fetch(`${urlOf(http)}/_fleetrig/health`)).status).toBe(200);
}, 600_000);

it.each(['[null]', '{"a":null}', 'null', '"x"', '7'])(
  'refuses or ignores statusDetails %s when cancelling an execution',
  async (details) => {
    const { http } = await startTestEmulator();

    const { status } = await fetch(`${urlOf(http)}/things/t/jobs/j/cancel`, {
      method: 'PUT',
      body: `{"statusDetails":${details}}`,
    });

    expect([400, 404]).toContain(status);
  },
);
