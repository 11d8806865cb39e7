import type { Logger } from '../base/log.ts';
import type { Diagnosis } from './diagnosis.ts';

/** One line per finding: `warn explain wire="mqtt" client="pump-7" request="…" outcome="…" why="…" next="…"`. */
export function logDiagnosis(log: Logger): Diagnosis {
  return { explain: (finding) => log.warn('explain', { ...finding }) };
}
