import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadQuotas } from '../../../src/emulator/quota-profile.ts';
import { awsControlQuotas, awsQuotas } from '../../../src/protocol/quotas.ts';
import { controlPlane } from '../../../src/protocol/service-model.ts';

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetrig-quotas-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'quotas.json');
  writeFileSync(path, text);
  return path;
}

it('names every operation of the control plane and no other', () => {
  expect(Object.keys(awsControlQuotas).sort()).toEqual(Object.keys(controlPlane.operations).sort());
});

it('knows off and aws', () => {
  expect(loadQuotas('off')).toBeUndefined();
  expect(loadQuotas('aws')).toBe(awsQuotas);
});

it.each([
  ['limits nothing else', '{"connects":7}', { control: {}, rates: { connects: 7 } }],
  ['an operation', '{"control":{"CreateJob":5}}', { control: { CreateJob: 5 }, rates: {} }],
  ['off is off', '{"dataReads":"off"}', { control: {}, rates: {} }],
])('a file %s', (_, text, expected) => {
  expect(loadQuotas(fileOf(text))).toEqual(expected);
});

it('a file changes AWS’s quotas where it says so', () => {
  const text = '{"extends":"aws","connects":"off","dataReads":5,"control":{"CreateJob":"off"}}';

  const quotas = loadQuotas(fileOf(text));

  expect(quotas?.rates).toMatchObject({ dataReads: 5, dataWrites: 200 });
  expect(quotas?.rates).not.toHaveProperty('connects');
  expect(quotas?.control).toMatchObject({ DescribeJob: 10 });
  expect(quotas?.control).not.toHaveProperty('CreateJob');
});

it.each([
  ['is no JSON', '{', 'cannot read'],
  ['names what is not there', '{"conects":1}', 'conects'],
  ['names an operation that is not there', '{"control":{"CreateJobs":1}}', 'CreateJobs'],
  ['has a rate of 0', '{"connects":0}', 'connects'],
])('is refused when it %s', (_, text, message) => {
  expect(() => loadQuotas(fileOf(text))).toThrow(message);
});

it('is refused when it is not there', () => {
  expect(() => loadQuotas('/no/such/file.json')).toThrow('/no/such/file.json');
});
