import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

/** An Io that remembers what was written. */
export function memoryIo(overrides: Partial<Io> = {}): Io & { output: string; errors: string } {
  const io = {
    output: '',
    errors: '',
    stdout: (text: string) => {
      io.output += text;
    },
    stderr: (text: string) => {
      io.errors += text;
    },
    isTerminal: false,
    hasColor: false,
    isUnicode: true,
    columns: 100,
    outputIsTerminal: false,
    outputHasColor: false,
    outputColumns: 100,
    screen: new PassThrough(),
    env: {},
    cwd: process.cwd(),
    onSignal: () => () => undefined,
    exit: (code: number) => {
      throw new Error(`exit ${code}`);
    },
    ...overrides,
  };
  return io;
}
