import { AppError, messageOf } from '../base/errors.ts';

/** Whether the control plane answered with one of these exceptions. */
export function isServiceError(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

export function isMissingResource(error: unknown): boolean {
  return isServiceError(error, 'ResourceNotFoundException');
}

/** Whether the service answered at all: without an answer the next call will hardly fare better. */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode !== undefined;
}

/** `ThrottlingException: Rate exceeded`, for a sentence that has named what failed. */
export function tellServiceError(error: unknown): string {
  if (!(error instanceof Error) || error.name === 'Error') return messageOf(error);
  return `${error.name}: ${error.message}`;
}

/** What a user can do when AWS refuses or cannot be reached while something is made. */
export function setupError(doing: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('setup', `AWS could not be made to ${doing}: ${tellServiceError(error)}`, {
    hint: isServiceError(error, 'AccessDeniedException', 'UnauthorizedException')
      ? 'give the credentials the permissions of docs/aws.md'
      : 'correct that and run again; `fleetrig cleanup <run-dir>` removes what was made',
    cause: error,
  });
}
