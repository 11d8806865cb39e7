/** What kind of thing went wrong; the command line turns each into its exit code. */
export type ErrorCode = 'usage' | 'scenario' | 'setup' | 'internal';

/** An error its reader can act on: `message` names the thing, `hint` names the next step. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
