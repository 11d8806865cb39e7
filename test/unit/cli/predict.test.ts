import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { readSummary, temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

async function predict(file: string, ...more: readonly string[]) {
  const out = temporaryFolder();
  const io = memoryIo();
  const code = await main(['predict', file, '--out', out, '--run-id', 'run', ...more], io);
  return { code, io, folder: join(out, 'run') };
}

describe('every scenario is predicted to meet its expectations, but for measured latencies', () => {
  it.each(readdirSync('scenarios').filter((file) => file.endsWith('.yaml')))('%s', async (file) => {
    const { code, io, folder } = await predict(`scenarios/${file}`);

    expect(code, io.errors).toBe(0);
    const summary = readSummary(folder);
    const skipped = summary.assertions.filter(({ result }) => result === 'skipped');
    expect(skipped.filter(({ expr }) => !expr.startsWith('latency.'))).toEqual([]);
    expect(summary.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(summary.environment.target).toBe('simulation');
    expect(summary.prediction?.outcomes[0]?.isDefault).toBe(true);
  });
});

describe('quickstart', () => {
  it('says in words where it trips, under every reading, and what the service has to bear', async () => {
    const { io } = await predict('scenarios/quickstart.yaml');

    expect(io.errors).toMatch(/PREDICTION fw-1-4\n/);
    expect(io.errors).toMatch(/FAILED limit 8%, minimum 100: trips at 4m59s, at execution 224/);
    expect(io.errors).toMatch(/\* completed +>= completed/);
    expect(
      io.errors.match(/^ +(\*? *)(completed|notified) +>=? (completed|notified)/gm),
    ).toHaveLength(8);
    expect(io.errors).toMatch(/LOAD on the service/);
    expect(io.errors).toMatch(/latency.update.p99 < 1s: not predicted, only measured/);
    expect(io.errors).not.toMatch(/HARNESS|LATENCY/);
    expect(Math.max(...io.errors.split('\n').map((line) => line.length))).toBeLessThan(101);
  });

  it('writes the same report for the same seed, but for wall times and machine', async () => {
    const timeless = (folder: string) => {
      const { run, environment, ...rest } = readSummary(folder);
      const { startedAt: _, endedAt: __, durationSeconds: ___, ...lasting } = run;
      return { ...rest, run: lasting, target: environment.target };
    };

    const [first, second] = [
      await predict('scenarios/quickstart.yaml'),
      await predict('scenarios/quickstart.yaml'),
    ];

    expect(timeless(second.folder)).toEqual(timeless(first.folder));
  });

  it('is NDJSON for programs, with the prediction in its last line', async () => {
    const { io } = await predict('scenarios/quickstart.yaml', '--json');

    const last = JSON.parse(io.output.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'result', run: { verdict: 'passed' } });
    expect(last.prediction.outcomes).toHaveLength(8);
  });

  it('leaves the files of a run, and an expectation that fails is exit code 99', async () => {
    const { code, folder } = await predict(
      'scenarios/quickstart.yaml',
      '--set',
      'fleet.cohorts=[{ name: bad-flash, share: 100%, profile: { outcome: succeed } }]',
      '--quiet',
    );

    expect(code).toBe(99);
    expect(readdirSync(folder).sort()).toEqual(
      expect.arrayContaining([
        'events.ndjson',
        'junit.xml',
        'report.json',
        'summary.md',
        'timeseries.csv',
      ]),
    );
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(/skipped="1"/);
  });
});

it('a job that the service refuses ends it with its line, and with a report', async () => {
  const file = join(temporaryFolder(), 'foreign.yaml');
  writeFileSync(
    file,
    `name: foreign
target: { endpoint: { http: http://127.0.0.1:4566, mqtt: { host: 127.0.0.1 } } }
fleet: { things: 5 }
jobs:
  - create:
      jobId: fw
      document: {}
      targets: ["arn:aws:iot:eu-west-1:999999999999:thinggroup/others"]
`,
  );

  const { code, io, folder } = await predict(file);

  expect(code).toBe(2);
  expect(io.errors).toMatch(/foreign\.yaml:5:\d+ {2}the service refused the job/);
  expect(readSummary(folder).run.verdict).toBe('error');
});
