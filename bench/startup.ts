import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median } from './results.ts';
import type { Figure } from './table.ts';

const rounds = 7;
const cli = 'dist/cli/bin.js';

/** From the start of the process to its end, or to the line that says it is ready; medians of seven. */
export async function benchStartup(): Promise<Figure[]> {
  const cases: readonly (readonly [string, readonly string[], RegExp?])[] = [
    ['node, doing nothing', ['-e', '0']],
    ['fleetrig --help', [cli, '--help']],
    ['fleetrig validate', [cli, 'validate', 'scenarios/quickstart.yaml']],
    [
      'fleetrig emulate, until it is ready',
      [cli, 'emulate', '--port', '0', '--mqtt-port', '0', '--json'],
      /\{/,
    ],
  ];
  const times = cases.map(() => [] as number[]);
  // By turns, so that a busy moment harms all alike.
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, args, ready]] of cases.entries()) {
      times[index]?.push(await timed(args, ready));
    }
  }
  return cases.map(([name], index) => ({ name, value: median(times[index] ?? []), unit: 'ms' }));
}

async function timed(args: readonly string[], ready?: RegExp): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  if (ready === undefined) {
    child.stdout.resume();
    const [code] = await closed;
    if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
    return performance.now() - from;
  }
  const text = await new Promise<string>((resolve) => {
    let seen = '';
    child.stdout.on('data', (data: Buffer) => {
      seen += data;
      if (ready.test(seen)) resolve(seen);
    });
    child.once('close', () => resolve(''));
  });
  const milliseconds = performance.now() - from;
  child.kill('SIGTERM');
  await closed;
  if (text === '') throw new Error(`node ${args.join(' ')} was never ready`);
  return milliseconds;
}
