import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

describe('every scenario is predicted to meet its expectations, but for those only a run can meet', () => {
  it.each(readdirSync('scenarios').filter((file) => file.endsWith('.yaml')))('%s', async (file) => {
    const { code, io, folder } = await predict(`scenarios/${file}`);

    expect(code, io.errors).toBe(0);
    const summary = readSummary(folder);
    const skipped = summary.assertions.filter(({ result }) => result === 'skipped');
    expect(
      skipped.filter(({ expr }) => !/^latency\.|== predicted$|\.deviation </.test(expr)),
    ).toEqual([]);
    expect(summary.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(summary.environment.target).toBe('simulation');
    expect(summary.prediction?.outcomes[0]?.isDefault).toBe(true);
  });
});

describe('quickstart', () => {
  it('says in words where it trips, under every reading, and what the service has to bear', async () => {
    const { io } = await predict('scenarios/quickstart.yaml');

    expect(io.output).toMatch(/PREDICTION fw-1-4\n/);
    expect(io.output).toMatch(/FAILED limit 8%, minimum 100: trips at 4m59s, at execution 224/);
    expect(io.output).toMatch(/\* completed +>= completed/);
    expect(
      io.output.match(/^ +(\*? *)(completed|notified) +>=? (completed|notified)/gm),
    ).toHaveLength(8);
    expect(io.output).toMatch(/LOAD on the service/);
    expect(io.output).toMatch(/latency.update.p99 < 1s: only a run can tell/);
    expect(io.output).not.toMatch(/HARNESS|LATENCY/);
    expect(Math.max(...io.output.split('\n').map((line) => line.length))).toBeLessThan(101);
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
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(/skipped="3"/);
  });
});

it('says what is in the way of its folder, and names that once', async () => {
  const taken = join(temporaryFolder(), 'taken');
  writeFileSync(taken, '');
  const io = memoryIo();

  expect(
    await main(['predict', 'scenarios/quickstart.yaml', '--out', taken, '--run-id', 'run'], io),
  ).toBe(3);

  expect(io.errors).toBe(
    `cannot make ${join(taken, 'run')}: a part of its path is a file\n  → choose another --out or --run-id\n`,
  );
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

describe('more than one seed', () => {
  const small = `name: small
fleet: { things: 30, group: all, cohorts: [
  { name: good, share: 70%, profile: { work: 5s } }, { name: bad, share: 30%, profile: { outcome: fail } } ] }
jobs:
  - create:
      jobId: fw
      document: {}
      jobExecutionsRolloutConfig: { maximumPerMinute: 60 }
      abortConfig: { criteriaList: [
        { failureType: FAILED, action: CANCEL, thresholdPercentage: 40, minNumberOfExecutedThings: 5 } ] }
predict: { healthy: good }
`;
  const threshold = 'jobs.fw.create.abortConfig.criteriaList.0.thresholdPercentage';
  const written = () => {
    const file = join(temporaryFolder(), 'small.yaml');
    writeFileSync(file, small);
    return file;
  };

  it('tells chances and spreads before the path of the report, and keeps them in it', {
    timeout: 30_000,
  }, async () => {
    const file = written();

    const { code, io, folder } = await predict(file, '--seeds', '12', '--workers', '2');

    expect(code, io.errors).toBe(0);
    expect(io.output).toMatch(/UNCERTAINTY fw over 12 seeds\n/);
    expect(io.output).toMatch(/aborts in [\d.]+% \(95% interval [\d.]+% to [\d.]+%\) of 12 runs/);
    expect(io.output).toMatch(/were all things good, it would abort in 0%/);
    expect(io.output.indexOf('UNCERTAINTY')).toBeLessThan(io.output.indexOf('  report '));
    const uncertainty = readSummary(folder).prediction?.uncertainty;
    expect(uncertainty).toMatchObject({ seeds: 12, healthy: 'good', jobs: [{ jobId: 'fw' }] });
    const other = await predict(file, '--seeds', '12', '--workers', '1', '--json');
    const result = JSON.parse(other.io.output.trim().split('\n').at(-1) ?? '');
    expect(result.prediction.uncertainty).toEqual(uncertainty);
    // The healthy ones are run beside the others.
    expect(other.io.output).toContain('{"type":"simulated","done":24,"of":24}');
    expect(io.errors).toMatch(/^\d+ of 24 simulations$/m);
  });

  it('a sweep leaves a table, sweep.csv and sweep.svg', { timeout: 30_000 }, async () => {
    const axes = ['--sweep', `${threshold}=10..50:20`, '--sweep', 'fleet.things=10,30'];

    const { code, io, folder } = await predict(written(), '--seeds', '3', ...axes);

    expect(code, io.errors).toBe(0);
    expect(io.output).toMatch(/SWEEP\n +thresholdPercentage +things +false aborts +aborts +harmed/);
    expect(io.output).toMatch(/^ {2}\* (10|30|50) /m);
    expect(readFileSync(join(folder, 'sweep.csv'), 'utf8').trim().split('\n')).toHaveLength(7);
    expect(readFileSync(join(folder, 'sweep.svg'), 'utf8').match(/<circle/g)).toHaveLength(6);
    expect(readSummary(folder).prediction?.sweep?.points).toHaveLength(6);
  });

  it.each([
    [['--seeds', '1'], /--seeds must be a whole number from 2 to 10000/],
    [['--seeds', '2.5'], /--seeds must be/],
    [['--seeds', 'many'], /--seeds must be/],
    [['--seeds', '10001'], /--seeds must be/],
    [['--sweep', `${threshold}=5,ten`], /--sweep.*ten/s],
    [['--sweep', `${threshold}=1..100`, '--seeds', '101'], /10100 simulations, more than 10000/],
    [['--sweep', 'jobs.other.at=1s'], /there is no item "other"/],
  ])('%j is refused before anything is simulated', async (args, message) => {
    const { code, io, folder } = await predict(written(), ...args);

    expect(code).toBe(2);
    expect(io.errors).toMatch(message);
    expect(existsSync(folder)).toBe(false);
  });
});
