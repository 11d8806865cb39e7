import { expect } from 'vitest';

/** What an SDK client throws, in the members that callers look at. */
export async function errorOf(promise: Promise<unknown>): Promise<object> {
  return promise.then(
    (output) => ({ accepted: output }),
    ({ name, message, $metadata, resourceId, resourceArn }) => ({
      name,
      message,
      status: $metadata?.httpStatusCode,
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(resourceArn === undefined ? {} : { resourceArn }),
    }),
  );
}

/** Matches what {@link errorOf} makes of an exception of the service. */
export function failure(name: string, status: number, message?: string): unknown {
  return expect.objectContaining({ name, status, ...(message === undefined ? {} : { message }) });
}
