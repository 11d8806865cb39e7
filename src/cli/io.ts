import { type Choose, chooseOnTerminal } from './choose.ts';
import { canRedraw, hasColor, hasUnicode } from './terminal.ts';

/** Everything a command may touch beside files and sockets. Tests pass one that remembers. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal on which frames may be drawn over each other. */
  readonly isTerminal: boolean;
  /** Of stderr. */
  readonly hasColor: boolean;
  /** Whether the terminal shows more than ASCII. */
  readonly isUnicode: boolean;
  /** Of stderr, at this moment. */
  readonly columns: number;
  /** Whether somebody sees stdout as it is written. */
  readonly outputIsTerminal: boolean;
  /** Of stdout, where results go. */
  readonly outputHasColor: boolean;
  /** Of stdout, at this moment. */
  readonly outputColumns: number;
  /** Stderr itself, for what redraws it. */
  readonly screen: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Absent where nobody can answer. */
  readonly choose?: Choose | undefined;
  /** Calls back on SIGINT (130) and SIGTERM (143); the function returned stops listening. */
  readonly onSignal: (listener: (exitCode: 130 | 143) => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** Where nobody says how wide it is. */
const columnsOfLogs = 100;

/** A reader that went away (`| head`), or a terminal that was closed. */
const goneCodes = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

export function processIo(): Io {
  const { argv, env, platform, stdin, stdout, stderr } = process;
  const surroundings = { argv: argv.slice(2), env, platform, isTty: stderr.isTTY === true };
  return {
    stdout: writerTo(stdout),
    stderr: writerTo(stderr),
    isTerminal: canRedraw(surroundings),
    hasColor: hasColor(surroundings),
    isUnicode: hasUnicode(surroundings),
    get columns() {
      return stderr.columns ?? columnsOfLogs;
    },
    outputIsTerminal: stdout.isTTY === true,
    outputHasColor: hasColor({ ...surroundings, isTty: stdout.isTTY === true }),
    get outputColumns() {
      return stdout.columns ?? columnsOfLogs;
    },
    screen: stderr,
    env,
    cwd: process.cwd(),
    choose: canRedraw(surroundings) && stdin.isTTY === true ? chooseOnTerminal : undefined,
    onSignal: (listener) => {
      const interrupted = () => listener(130);
      const terminated = () => listener(143);
      process.on('SIGINT', interrupted).on('SIGTERM', terminated);
      return () => void process.off('SIGINT', interrupted).off('SIGTERM', terminated);
    },
    exit: (code) => process.exit(code),
  };
}

/** Once nobody reads any more, nothing is said; what the command is at goes on, and its report is written. */
export function writerTo(stream: NodeJS.WritableStream): (text: string) => void {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!goneCodes.has(error.code ?? '')) throw error;
    isGone = true;
  });
  return (text) => {
    if (!isGone) stream.write(text);
  };
}
