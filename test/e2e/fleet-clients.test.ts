import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runForOutcomes } from '../support/outcomes.ts';

/** Both MQTT versions, clean and persistent sessions, and networks that come and go. */
const mixed = [
  '--set',
  'fleet.things=100',
  '--set',
  'expect=["jobs.fw.status == COMPLETED", "fleet.reconnects > 20"]',
  '--set',
  'fleet.cohorts.0.profile.mqtt=5',
  '--set',
  'fleet.cohorts.1.profile.session=persistent',
  '--set',
  'fleet.cohorts.0.profile.link={ offline: { every: 5m, for: 1m } }',
];

const variants = [
  ['mqttjs', false],
  ['packet', false],
  ['mqttjs', true],
  ['packet', true],
] as const;

it('gives every thing the same outcome with either client, in plain and over TLS', {
  timeout: 180_000,
}, async () => {
  const told: unknown[] = [];
  for (const [client, isTls] of variants) {
    const { outcomes, summary, folder } = await runForOutcomes(
      'test/e2e/jumping.yaml',
      ...mixed,
      ...['--set', `fleet.client=${client}`, '--set', `fleet.tls=${isTls}`],
    );
    told.push({
      outcomes,
      executions: summary.jobs.map(({ status, executions }) => ({ status, executions })),
    });
    expect(summary.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(filesOf(folder).filter((file) => /BEGIN [A-Z ]*(CERT|KEY)/.test(textOf(file)))).toEqual(
      [],
    );
  }

  for (const variant of told) expect(variant).toEqual(told[0]);
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function textOf(file: string): string {
  return readFileSync(file, 'latin1');
}
