import { AppError } from '../base/errors.ts';

/** Throws AppError when a flag's value is no TCP port; one that was not given is fine. */
export function checkPort(flag: string, port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return;
  throw new AppError('usage', `${flag} ${port}: not a port`, {
    hint: 'use 1 to 65535, or 0 for any free one',
  });
}
