import type { ErrorCode } from '../base/errors.ts';

/** What a process that calls fleetrig can tell from its exit code (DESIGN "Commands"). */
export const exitCodes = {
  passed: 0,
  internal: 1,
  usage: 2,
  setup: 3,
  inconclusive: 98,
  failed: 99,
  interrupted: 130,
  terminated: 143,
} as const;

const byErrorCode: Readonly<Record<ErrorCode, number>> = {
  usage: exitCodes.usage,
  scenario: exitCodes.usage,
  setup: exitCodes.setup,
  internal: exitCodes.internal,
};

export function exitCodeOf(code: ErrorCode): number {
  return byErrorCode[code];
}
