/** Rounds of a fuzz test: some here, many times as many where FLEETRIG_FUZZ says so (CI does). */
export function fuzzRuns(rounds: number): number {
  return rounds * Math.max(1, Number(process.env['FLEETRIG_FUZZ'] ?? 1));
}
