import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accountRates } from '../../src/cloud/account-rates.ts';
import { secondsOf } from '../../src/cloud/phase-seconds.ts';
import { callsOf } from '../../src/cloud/resource-calls.ts';
import { resourcesOf } from '../../src/run/preview.ts';
import { problemsOf } from '../support/scenarios.ts';
import { planText } from '../support/virtual.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/aws.md'), 'utf8');

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

const [, json = '{}'] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
const { Statement: statements } = JSON.parse(json) as { readonly Statement: readonly Statement[] };

/** Only our own emulator, or an endpoint in its place, is asked by these. */
const emulatorOnly = ['run/fleet-identity.ts', 'run/provision.ts', 'run/endpoint-world.ts'];

/** The operations of the control plane that the code has calls for. */
function operationsSent(): string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /^(cloud|run|cli)\/.*\.ts$/.test(file) && !emulatorOnly.includes(file),
  );
  const sent = files.flatMap((file) =>
    [
      ...readFileSync(join(root, 'src', file), 'utf8').matchAll(
        /new (\w+)Command\(|paginate(\w+)\(/g,
      ),
    ].map(([, command, paginated]) => command ?? paginated ?? ''),
  );
  return [...new Set(sent)];
}

it('the policy allows every operation that the code sends, and no other', () => {
  const signed = statements.find(({ Sid }) => Sid === 'SignedConnections')?.Action ?? [];
  const allowed = statements
    .flatMap(({ Action }) => Action)
    .filter((each) => !signed.includes(each));

  // AWS asks for it on top where something is created with tags.
  const needed = [...operationsSent(), 'TagResource'].map((operation) => `iot:${operation}`);
  expect(allowed.toSorted()).toEqual(needed.toSorted());
  expect(operationsSent().length).toBeGreaterThan(25);
});

it('the policy reaches nothing by name but what a run has made', () => {
  for (const { Sid, Resource } of statements) {
    if (Resource === '*') continue;
    for (const arn of [Resource].flat()) {
      expect(arn, Sid).toMatch(/[:/]fr-\*$|:cert\/\*$/);
    }
  }
  const all = statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
  expect(all).toEqual(['Account', 'JobEvents']);
});

const targets = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

it.each(targets)('loads: %s', (target) => {
  const scenario = `name: example
${target}
fleet: { things: 3, group: pumps }
jobs: [{ create: { jobId: fw-1, document: {} } }]
`;

  expect(problemsOf(scenario)).toBe('');
});

it('shows every way to connect and to be known', () => {
  for (const setting of ['mtls-443', 'websocket', 'custom', 'from: csr', 'from: files', 'ca:']) {
    expect(targets.join('\n')).toContain(setting);
  }
});

it.each([
  ['fleet', 190_000, 320_000],
  ['thing', 32_000, 29_000],
] as const)(
  'in an hour, with a certificate per %s, are made %i things and taken away %i',
  (per, made, removed) => {
    const things = 10_000;
    const plan = planText(`name: example
target: { aws: { identity: { per: ${per} } } }
fleet: { things: ${things}, group: pumps }
jobs: [{ create: { jobId: fw-1, document: {} } }]
`);
    if (plan.target.kind !== 'aws') throw new Error(plan.target.kind);
    const { control } = accountRates(undefined, '.');
    const { provisioning, cleanup } = callsOf(resourcesOf(plan, plan.target, '.'));
    const inAnHour = (calls: typeof cleanup) => (things * 3600) / secondsOf(calls, control);

    expect(Math.abs(inAnHour(provisioning) / made - 1)).toBeLessThan(0.03);
    expect(Math.abs(inAnHour(cleanup) / removed - 1)).toBeLessThan(0.03);
    for (const told of [made, removed]) expect(page).toContain(told.toLocaleString('en'));
  },
);
