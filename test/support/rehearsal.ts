import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { memoryIo } from './memory-io.ts';

interface MetricsPorts {
  readonly run: number;
  readonly emulator: number;
}

/** A run in this process that Prometheus can scrape from its start to after its end. */
export interface Rehearsal {
  /** Ports of both `/metrics` once the run serves them. */
  readonly listening: Promise<MetricsPorts>;
  /** The run folder, once all is written. */
  readonly done: Promise<string>;
}

export function rehearse(
  scenario: string,
  outDir: string,
  flags: readonly string[] = [],
): Rehearsal {
  const runId = 'rehearsal';
  const args = ['run', scenario, '--out', outDir, '--run-id', runId, '--json'];
  const serving = ['--metrics-port', '0', '--metrics-linger', '5s'];
  let said = '';
  let hear = (_text: string) => {};
  const io = memoryIo({ cwd: outDir, stdout: (text) => hear(text) });
  const listening = new Promise<MetricsPorts>((resolve) => {
    hear = (text) => {
      said += text;
      const run = portIn(said, /"metrics at http:\/\/[^"]*?:(\d+)\/metrics/);
      const emulator = portIn(said, /"emulator metrics at http:\/\/[^"]*?:(\d+)\/metrics/);
      if (run !== undefined && emulator !== undefined) resolve({ run, emulator });
    };
  });
  const done = main([...args, ...serving, ...flags], io).then((code) => {
    if (code === 0) return join(outDir, runId);
    throw new Error(`the run exited with ${code}:\n${io.errors}${said}`);
  });
  const ended = done.then(() => Promise.reject(new Error(`it told no ports:\n${said}`)));
  const heard = Promise.race([listening, ended]);
  // Who waits for the end alone is told there what went wrong.
  heard.catch(() => undefined);
  return { listening: heard, done };
}

function portIn(text: string, pattern: RegExp): number | undefined {
  const [, port] = pattern.exec(text) ?? [];
  return port === undefined ? undefined : Number(port);
}
