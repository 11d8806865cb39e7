import { spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { Terminal } from './terminal.ts';

/** Runs a command with a terminal of its own, whose keyboard and screen are our pipes. */
const onPty = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, screen = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
while True:
    ready, _, _ = select.select([screen, 0], [], [])
    if 0 in ready:
        os.write(screen, os.read(0, 1024))
    if screen in ready:
        try:
            data = os.read(screen, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

export interface OnTerminal {
  readonly terminal: Terminal;
  readonly done: Promise<number | null>;
  /** Resolves once the screen shows it. */
  readonly shows: (pattern: RegExp) => Promise<void>;
  readonly type: (keys: string) => void;
}

/** Whether there is what it takes (Python 3.9 on Unix). */
export const hasPty =
  spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0;

/** Starts the built command on a terminal of that size; killed when the test ends. */
export function startOnTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): OnTerminal {
  const terminal = new Terminal(columns);
  const command = [process.execPath, 'dist/cli/bin.js', ...args];
  const child = spawn('python3', ['-c', onPty, String(columns), '30', ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      CI: '',
      GITHUB_ACTIONS: '',
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      TERM: 'xterm-256color',
      ...env,
    },
  });
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    terminal.write(data);
    for (const watcher of watchers) watcher();
  });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  const done = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    terminal,
    done,
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const watcher = () => {
          if (!pattern.test(terminal.text)) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
        void done.then(() => reject(new Error(`ended before ${pattern}:\n${terminal.text}`)));
      }),
    type: (keys) => void child.stdin.write(keys),
  };
}
