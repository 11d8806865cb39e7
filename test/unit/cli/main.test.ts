import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { memoryIo } from '../../support/memory-io.ts';

it('shows its commands and exit codes', async () => {
  const io = memoryIo();

  expect(await main(['--help'], io)).toBe(0);
  for (const word of [
    'run <scenario>',
    'emulate',
    'validate <scenario>',
    'schema',
    '98 inconclusive',
  ]) {
    expect(io.output).toContain(word);
  }
  expect(Math.max(...io.output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('tells its version', async () => {
  const io = memoryIo();

  await main(['--version'], io);

  expect(io.output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('validates a scenario, and prints its schema on stdout', async () => {
  const io = memoryIo();

  expect(await main(['validate', 'scenarios/quickstart.yaml'], io)).toBe(0);
  expect(io.output).toBe(
    'scenarios/quickstart.yaml: ok (1500 things, 1 actions, 16 expectations)\n',
  );

  const schemaIo = memoryIo();
  expect(await main(['schema'], schemaIo)).toBe(0);
  expect(JSON.parse(schemaIo.output)).toMatchObject({ title: 'fleetrig scenario' });
});

it('takes seed and workers from the environment, flags first', async () => {
  const io = memoryIo({ env: { FLEETRIG_WORKERS: 'many' } });

  expect(await main(['validate', 'scenarios/quickstart.yaml'], io)).toBe(2);
  expect(io.errors).toContain('FLEETRIG_WORKERS');
});
