import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { MetricsOutlets, type MetricsSettings } from '../../../src/run/metrics-outlets.ts';
import type { Telemetry } from '../../../src/run/telemetry.ts';
import { runFactsOf } from '../../support/run-facts.ts';

const never = new Promise<void>(() => undefined);

interface Opened {
  readonly outlets: MetricsOutlets;
  /** What was told, as `kind: message`. */
  readonly events: readonly string[];
}

async function open(settings: Partial<MetricsSettings>): Promise<Opened> {
  const events: string[] = [];
  const facts = runFactsOf({
    verdict: 'failed',
    assertions: [{ id: 'expect-1', passed: false }],
  });
  const outlets = await MetricsOutlets.open({
    settings: {
      port: undefined,
      host: '127.0.0.1',
      lingerMs: 0,
      remoteWrite: undefined,
      pushgateway: undefined,
      ...settings,
    },
    telemetry: { facts: () => facts } as Telemetry,
    collector: { addEvent: (kind, message) => events.push(`${kind}: ${message}`) },
    emulator: undefined,
  });
  onTestFinished(() => outlets.close());
  return { outlets, events };
}

function urlIn(events: readonly string[]): string {
  return /http:\S+/.exec(events.join('\n'))?.[0] ?? '';
}

const anHour = 3_600_000;

it('serves the metrics, and says where', async () => {
  const { events } = await open({ port: 0 });

  const response = await fetch(urlIn(events));

  expect(events).toHaveLength(1);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toContain('fleetrig_run_verdict{verdict="failed"} 1\n');
  expect((await fetch(urlIn(events).replace('/metrics', '/'))).status).toBe(404);
});

it('waits for one more scrape, and no longer', async () => {
  const { outlets, events } = await open({ port: 0, lingerMs: anHour });
  await (await fetch(urlIn(events))).text();

  const ended = outlets.end(never);
  const text = await (await fetch(urlIn(events))).text();
  await ended;

  expect(text).toContain('fleetrig_assertion_passed{assertion="expect-1"} 0\n');
  expect(events.at(-1)).toMatch(/^metrics: waiting up to 1h for a last scrape/);
});

it('waits no longer than was said', async () => {
  const { outlets } = await open({ port: 0, lingerMs: 1 });

  await expect(outlets.end(never)).resolves.toBeUndefined();
});

it('an interruption ends the waiting', async () => {
  const { outlets } = await open({ port: 0, lingerMs: anHour });

  await expect(outlets.end(Promise.resolve())).resolves.toBeUndefined();
});

it('does not wait unless asked to', async () => {
  const { outlets, events } = await open({ port: 0 });

  await outlets.end(never);

  expect(events).toHaveLength(1);
});

it('warns when others can read them', async () => {
  const { events } = await open({ port: 0, host: '0.0.0.0' });

  expect(events).toEqual([
    expect.stringMatching(/^metrics: metrics at http:\/\/0\.0\.0\.0:\d+\/metrics$/),
    'warning: 0.0.0.0 is not loopback: whoever reaches it reads the metrics',
  ]);
});

it('a port that is taken is a set-up error with a hint', async () => {
  const { events } = await open({ port: 0 });
  const port = Number(new URL(urlIn(events)).port);

  await expect(open({ port })).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining(`127.0.0.1:${port}`),
    hint: expect.stringContaining('--metrics-port'),
  });
});

it('says how to get the package that remote write needs', async () => {
  vi.doMock('prometheus-remote-write', () => {
    throw new Error('Cannot find package');
  });
  onTestFinished(() => void vi.doUnmock('prometheus-remote-write'));

  await expect(open({ remoteWrite: 'http://127.0.0.1:9/write' })).rejects.toMatchObject({
    code: 'setup',
    hint: 'npm install prometheus-remote-write',
  });
});

it('a receiver that never answers holds nothing up, and its samples do not pile up', async () => {
  const requests: (() => void)[] = [];
  const server = createServer((_, response) => {
    requests.push(() => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/write`;
  const { outlets, events } = await open({ remoteWrite: url });

  for (let second = 0; second < 100; second++) outlets.look();
  const ended = outlets.end(never);
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  requests[0]?.();
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  requests[1]?.();
  await ended;

  expect(events).toEqual([expect.stringMatching(/more slowly than they come/)]);
});

it('what cannot be pushed is told once, and does no more harm', async () => {
  const server = createServer((_, response) => response.writeHead(500).end('no space'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { outlets, events } = await open({ remoteWrite: `${url}/write`, pushgateway: url });

  for (let second = 0; second < 12; second++) outlets.look();
  await outlets.end(never);

  expect(events).toEqual([
    expect.stringMatching(
      /^warning: remote write to .*\/write failed: it answered 500 .*no space$/,
    ),
    expect.stringMatching(/^warning: push to .* failed: it answered 500: no space$/),
  ]);
});
