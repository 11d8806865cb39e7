/** Everything a command may touch beside files and sockets. Tests pass one that remembers. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal that can redraw a line. */
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back on SIGINT (130) and SIGTERM (143); the function returned stops listening. */
  readonly onSignal: (listener: (exitCode: 130 | 143) => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

export function processIo(): Io {
  const { env, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // A reader that went away (`| head`) is no reason to fail.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const isTerminal = stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
  return {
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    isTerminal,
    hasColor: env['NO_COLOR'] ? false : Boolean(env['FORCE_COLOR']) || isTerminal,
    columns: stderr.columns ?? 100,
    env,
    cwd: process.cwd(),
    onSignal: (listener) => {
      const interrupted = () => listener(130);
      const terminated = () => listener(143);
      process.on('SIGINT', interrupted).on('SIGTERM', terminated);
      return () => void process.off('SIGINT', interrupted).off('SIGTERM', terminated);
    },
    exit: (code) => process.exit(code),
  };
}
