import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { StatusDetails } from '../protocol/messages.ts';
import type { DeviceStatus } from '../protocol/status.ts';
import type { Behaviour } from './behaviours.ts';
import { drawApart } from './distribution.ts';
import { drawOutcome, type Fate } from './outcome.ts';
import type { Profile } from './profile.ts';

/** What is wrong with the first sending of an update; the second is right. */
export type Flaw = 'stale-version' | 'not-json' | 'to-queued' | 'to-canceled';

/** A second update right behind one: the same again, or back to IN_PROGRESS. Its answer changes nothing. */
type Chaser = 'same' | 'reopen';

/** Tells the service that work begins, in the way of its client style. */
interface Start {
  readonly kind: 'start';
  readonly stepMinutes?: number | undefined;
  readonly chaser?: Chaser;
}

export interface Update {
  readonly kind: 'update';
  readonly status: DeviceStatus;
  readonly statusDetails?: StatusDetails | undefined;
  readonly stepMinutes?: number | undefined;
  readonly flaw?: Flaw;
  readonly chaser?: Chaser;
}

/** Asks how much time the service gives it; the next step waits until that has run out. */
interface Look {
  readonly kind: 'look';
}

/** What sends a request, and so needs a connection. */
export type RequestAction = Start | Update | Look;

/** One thing a device does with an execution. */
export type Action =
  | RequestAction
  /** The download, if the profile has one, is over. */
  | { readonly kind: 'downloaded' }
  /** From here on the new version runs. */
  | { readonly kind: 'install' }
  | { readonly kind: 'lose-power'; readonly offMs: Millis }
  | { readonly kind: 'drop-link' };

/** `atMs` counts from the end of the reaction time, if nothing delays the steps before. */
export type Step = Action & { readonly atMs: Millis };

export function isRequest(action: Action): action is RequestAction {
  return action.kind === 'start' || action.kind === 'update' || action.kind === 'look';
}

/** Everything a device is going to do with one execution. Steps that end without a final status leave it hanging. */
export interface WorkPlan {
  readonly behaviour: Behaviour;
  readonly reactMs: Millis;
  readonly steps: readonly Step[];
  /** It takes no notice that its execution is gone until a request is refused. */
  readonly isDeaf: boolean;
  /** Set when it reboots into the old version after its final status; how long that takes. */
  readonly rollbackMs: Millis | undefined;
}

/** The longest that AWS's timers fire late (reference §4.1), and a little more. */
export const timerLatenessMs = 65_000;

const minuteMs = 60_000;
/** Bounds `hang-in-progress`. */
const heartbeatsMax = 100;
const heartbeatMsMin = 1000;

interface Situation {
  readonly profile: Profile;
  /** Where the download ends and the work proper begins; 0 without a download. */
  readonly downloadMs: Millis;
  /** Where all of it ends. */
  readonly workMs: Millis;
  /** Forked for every draw: one is never shifted by another. */
  readonly random: Random;
}

/**
 * Draws one execution's plan, a function of the profile and its fate alone: of seed, thing, job and
 * attempt, and of when the device hears of it where outcomes change over time. `isStarted`: it was
 * handed out IN_PROGRESS.
 */
export function planWork(profile: Profile, fate: Fate, isStarted: boolean): WorkPlan {
  const { random, heardMs } = fate;
  const reactMs = drawApart(profile.react, random, 'react');
  const behaviour = drawOutcome(profile, fate, heardMs + reactMs);
  const downloadMs = drawDownloadMs(profile, random);
  const workMs = downloadMs + drawApart(profile.work, random, 'work');
  const situation = { profile, downloadMs, workMs, random };
  const steps = withLinkDrop(planners[behaviour](situation), situation);
  return {
    behaviour,
    reactMs,
    steps: inOrder(isStarted ? steps.filter(({ kind }) => kind !== 'start') : steps),
    isDeaf: behaviour === 'overrun' || behaviour === 'miss-step-timeout',
    rollbackMs: behaviour === 'success-then-rollback' ? rebootMs(situation) : undefined,
  };
}

/** Keeps a drawn rate of zero from never ending; bytes per second. */
const rateMin = 1000;

function drawDownloadMs({ download }: Profile, random: Random): Millis {
  if (download === undefined) return 0;
  return downloadMsAt(download, drawApart(download.rate, random, 'rate'));
}

/** How long a download takes at a rate in bytes per second. */
export function downloadMsAt({ size }: { readonly size: number }, rate: number): Millis {
  return (1000 * size) / Math.max(rateMin, rate);
}

/** Where in download and work something goes wrong, if it does. */
function mishapMs({ workMs, random }: Situation): Millis {
  return workMs * (0.2 + 0.6 * random.fork('mishap').next());
}

function rebootMs({ profile, random }: Situation): Millis {
  return drawApart(profile.reboot, random, 'reboot');
}

type Planner = (situation: Situation) => Step[];

const planners: Readonly<Record<Behaviour, Planner>> = {
  succeed: (situation) => success(situation),
  fail: (situation) => [
    start(situation),
    ...progress(situation),
    final(situation, 'FAILED', situation.workMs),
  ],
  reject: (situation) => [final(situation, 'REJECTED', 0)],
  ignore: () => [],
  hang: (situation) => [start(situation)],
  'hang-in-download': (situation) => [start(situation), ...brokenDownload(situation)],
  'hang-in-progress': (situation) => [start(situation), ...heartbeats(situation)],
  overrun: (situation) => [
    start(situation),
    { kind: 'look', atMs: 0 },
    ...completion(situation, situation.workMs),
  ],
  'crash-and-resume': (situation) => success(situation, [powerLoss(situation)]),
  'crash-and-forget': (situation) => [
    start(situation),
    ...progress(situation).filter(({ atMs }) => atMs < mishapMs(situation)),
    powerLoss(situation),
  ],
  'stale-version': (situation) => withFlaw(success(situation), 'stale-version'),
  'illegal-transition': illegal,
  malformed: (situation) => withFlaw(success(situation), 'not-json'),
  'duplicate-update': (situation) => success(situation).map((action) => chased(action, 'same')),
  'lost-final-status': (situation) => [
    start(situation),
    ...progress(situation),
    { kind: 'install', atMs: situation.workMs },
    { kind: 'lose-power', offMs: rebootMs(situation), atMs: situation.workMs },
  ],
  'success-then-rollback': (situation) => success(situation),
  'false-failure': (situation) => [
    start(situation),
    ...progress(situation),
    { kind: 'install', atMs: situation.workMs },
    final(situation, 'FAILED', situation.workMs),
  ],
  'miss-step-timeout': (situation) => [
    { kind: 'start', atMs: 0 },
    { kind: 'update', status: 'IN_PROGRESS', stepMinutes: 1, atMs: 0 },
    ...completion(situation, Math.max(situation.workMs, minuteMs + timerLatenessMs)),
  ],
  'link-cut-mid-job': (situation) => success(situation, [linkDrop(situation)]),
};

function success(situation: Situation, mishap: readonly Step[] = []): Step[] {
  return [
    start(situation),
    ...progress(situation),
    ...mishap,
    ...completion(situation, situation.workMs),
  ];
}

function completion(situation: Situation, atMs: Millis): Step[] {
  return [{ kind: 'install', atMs }, final(situation, 'SUCCEEDED', atMs)];
}

function start({ profile }: Situation): Step {
  return { kind: 'start', stepMinutes: stepMinutesOf(profile), atMs: 0 };
}

function progress(situation: Situation): Step[] {
  const { profile, downloadMs, workMs } = situation;
  const { steps } = profile.progress;
  if (steps === 0) return download(situation);
  const reports = Array.from({ length: steps }, (_, index) =>
    report(profile, downloadMs + ((workMs - downloadMs) * (index + 1)) / (steps + 1), {
      step: String(index + 1),
      percent: String(Math.round((100 * (index + 1)) / (steps + 1))),
    }),
  );
  return [...download(situation), ...reports];
}

/** All of it, where the profile has one. */
function download({ profile, downloadMs }: Situation): Step[] {
  if (profile.download === undefined) return [];
  return [
    ...downloadReports(profile, downloadMs, profile.download.steps),
    { kind: 'downloaded', atMs: downloadMs },
  ];
}

/** Up to a drawn report that is not the last. Without a download of its own, the work counts as one. */
function brokenDownload({ profile, downloadMs, workMs, random }: Situation): Step[] {
  const { steps, endMs } =
    profile.download === undefined
      ? { steps: 10, endMs: workMs }
      : { steps: profile.download.steps, endMs: downloadMs };
  const reports = steps < 2 ? 0 : 1 + random.fork('download').int(steps - 1);
  return downloadReports(profile, endMs, steps).slice(0, reports);
}

function downloadReports(profile: Profile, endMs: Millis, steps: number): Step[] {
  return Array.from({ length: steps }, (_, index) =>
    report(profile, (endMs * (index + 1)) / steps, {
      step: 'download',
      percent: String(Math.round((100 * (index + 1)) / steps)),
    }),
  );
}

function heartbeats(situation: Situation): Step[] {
  const { profile, downloadMs, workMs } = situation;
  const everyMs = Math.max(heartbeatMsMin, (workMs - downloadMs) / (profile.progress.steps + 1));
  const reports = Array.from({ length: heartbeatsMax }, (_, index) =>
    report(profile, downloadMs + everyMs * (index + 1), { step: String(index + 1) }),
  );
  return [...download(situation), ...reports];
}

function report(profile: Profile, atMs: Millis, statusDetails: StatusDetails): Step {
  const stepMinutes = stepMinutesOf(profile);
  return { kind: 'update', status: 'IN_PROGRESS', statusDetails, stepMinutes, atMs };
}

function final({ profile }: Situation, status: DeviceStatus, atMs: Millis): Step {
  return { kind: 'update', status, statusDetails: finalDetails(profile, status), atMs };
}

function finalDetails(
  { statusDetails, reason }: Profile,
  status: DeviceStatus,
): StatusDetails | undefined {
  if (status !== 'SUCCEEDED') return { ...statusDetails, reason };
  return Object.keys(statusDetails).length > 0 ? statusDetails : undefined;
}

function powerLoss(situation: Situation): Step {
  return { kind: 'lose-power', offMs: rebootMs(situation), atMs: mishapMs(situation) };
}

function linkDrop(situation: Situation): Step {
  return { kind: 'drop-link', atMs: mishapMs(situation) };
}

/** The share `dropMidJob` of executions that are worked on loses the network once. */
function withLinkDrop(actions: readonly Step[], situation: Situation): readonly Step[] {
  const { dropMidJob } = situation.profile.link;
  const isDropped =
    dropMidJob > 0 && actions.length > 1 && situation.random.fork('link').next() < dropMidJob;
  return isDropped ? actions.toSpliced(1, 0, linkDrop(situation)) : actions;
}

/** Over all devices each of the three comes as often as the others. */
function illegal(situation: Situation): Step[] {
  const flaw = (['to-queued', 'to-canceled', undefined] as const)[
    situation.random.fork('illegal').int(3)
  ];
  const actions = success(situation);
  return flaw === undefined
    ? actions.map((action) => (isFinal(action) ? chased(action, 'reopen') : action))
    : withFlaw(actions, flaw);
}

/** The step timer that a profile sets with every step. */
export function stepMinutesOf({ stepTimeout }: Profile): number | undefined {
  return stepTimeout === undefined ? undefined : stepTimeout / minuteMs;
}

/** Flaws the first update after the start: the second one that the service sees. */
function withFlaw(actions: readonly Step[], flaw: Flaw): Step[] {
  const flawed = actions.findIndex(({ kind }) => kind === 'update');
  return actions.map((action, index) =>
    index === flawed && action.kind === 'update' ? { ...action, flaw } : action,
  );
}

function chased(action: Step, chaser: Chaser): Step {
  return action.kind === 'update' || action.kind === 'start' ? { ...action, chaser } : action;
}

function isFinal(action: Action): boolean {
  return action.kind === 'update' && action.status !== 'IN_PROGRESS';
}

/** In order of time; what falls on the same time keeps its order. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const isInOrder = steps.every(({ atMs }, index) => atMs >= (steps[index - 1]?.atMs ?? 0));
  return isInOrder ? steps : steps.toSorted((a, b) => a.atMs - b.atMs);
}
