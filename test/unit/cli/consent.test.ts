import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

const scenario = 'test/e2e/aws.yaml';

/** Nobody listens there, so whoever goes on fails at once. */
const nowhere = ['--set', 'target.aws.endpoints.iot=http://127.0.0.1:9'];

async function run(answer: string | undefined, ...more: readonly string[]) {
  const out = join(temporaryFolder(), 'out');
  const questions: string[] = [];
  const io = memoryIo({
    choose: async (question) => {
      questions.push(question);
      return answer;
    },
  });
  const code = await main(['run', scenario, ...nowhere, '--out', out, ...more], io);
  return { code, io, questions, hasFolder: existsSync(out) };
}

it.each([['no'], [undefined]])('makes nothing on the answer %s', async (answer) => {
  const { code, io, questions, hasFolder } = await run(answer);

  expect(code).toBe(2);
  expect(questions).toHaveLength(1);
  expect(io.errors).toMatch(/creates on AWS.*: 200 things, 1 group, 200 certificates/);
  expect(io.errors).toMatch(/2,0\d\d API calls, about \d.*, about 0\.14 USD by list prices/);
  expect(io.errors).toContain('nothing was created');
  expect(hasFolder).toBe(false);
});

it('asks nobody for the output of programs', async () => {
  const { code, io, questions } = await run('yes', '--json');

  expect(code).toBe(2);
  expect(questions).toEqual([]);
  expect(io.errors).toMatch(/--dry-run.*--yes/s);
});

it.each([['--yes'], ['--set', 'target.aws.confirm=true']])(
  'asks nobody who has agreed already: %s',
  async (...agreement) => {
    const quotas = ['--set', 'target.aws.quotas=none.json'];
    const { questions, io } = await run('no', '--json', ...quotas, ...agreement);

    expect(questions).toEqual([]);
    expect(io.errors).toContain('none.json');
  },
);
