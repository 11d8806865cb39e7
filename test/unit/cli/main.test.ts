import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { memoryIo } from '../../support/memory-io.ts';

it('tells its version', async () => {
  const io = memoryIo();

  await main(['--version'], io);

  expect(io.output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('validates a scenario, and prints its schema on stdout', async () => {
  const io = memoryIo();

  expect(await main(['validate', 'scenarios/quickstart.yaml'], io)).toBe(0);
  expect(io.output).toMatch(
    /^scenarios.quickstart.yaml: ok .1,500 things, 1 action, \d+ expectations.\n$/,
  );

  const schemaIo = memoryIo();
  expect(await main(['schema'], schemaIo)).toBe(0);
  expect(JSON.parse(schemaIo.output)).toMatchObject({ title: 'fleetrig scenario' });
});

it('warns of settings that cannot do their work, and fails nothing', async () => {
  const io = memoryIo();
  const gate = 'jobs.0.create.abortConfig.criteriaList.0.minNumberOfExecutedThings=12';

  expect(await main(['validate', 'scenarios/quickstart.yaml', '--set', gate], io)).toBe(0);
  expect(io.errors).toContain(
    'warning  one failure is enough to cancel the job: 1 of 12 is 8.33 %',
  );
  expect(io.output).toContain('ok');
});

it('takes seed and workers from the environment, flags first', async () => {
  const io = memoryIo({ env: { FLEETRIG_WORKERS: 'many' } });

  expect(await main(['validate', 'scenarios/quickstart.yaml'], io)).toBe(2);
  expect(io.errors).toContain('FLEETRIG_WORKERS');
});

it('prints every value in force and where it came from', async () => {
  const io = memoryIo({ env: { FLEETRIG_SEED: '5' } });
  const argv = ['validate', 'scenarios/quickstart.yaml', '--set', 'fleet.things=20'];

  expect(await main([...argv, '--print-config'], io)).toBe(0);
  expect(io.output).toMatch(/^seed +FLEETRIG_SEED +5$/m);
  expect(io.output).toMatch(/^fleet\.things +--set +20$/m);
  expect(io.output).toMatch(/^target +scenarios.quickstart\.yaml:\d+ +emulator$/m);
  expect(io.output).toMatch(/^stop\.settle +default +2m$/m);
});
