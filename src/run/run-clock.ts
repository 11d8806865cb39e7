import { type ClockSetting, wallNow } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';

/** Simulated time starts as wall time, now. */
export function clockSettingOf({ clockScale }: Plan): ClockSetting {
  const now = wallNow();
  return { wallOriginAt: now, simulatedOriginAt: now, scale: clockScale };
}
