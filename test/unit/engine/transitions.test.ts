import { expect, it } from 'vitest';
import type { Reply } from '../../../src/protocol/rejections.ts';
import { EngineRig, groupArn, minute } from '../../support/engine-rig.ts';

/** A CONTINUOUS job, so that leaving the group removes the execution while the thing stays. */
function rigWithJob(): EngineRig {
  const rig = new EngineRig();
  rig.provision(['t1'], 'g');
  rig.createJob({
    jobId: 'j',
    targets: [groupArn('g')],
    targetSelection: 'CONTINUOUS',
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
  });
  return rig;
}

const target = { thingName: 't1', jobId: 'j' } as const;

const actions = {
  'D IN_PROGRESS': (rig: EngineRig) => rig.update('t1', 'j', 'IN_PROGRESS'),
  'D SUCCEEDED': (rig: EngineRig) => rig.update('t1', 'j', 'SUCCEEDED'),
  'D FAILED': (rig: EngineRig) => rig.update('t1', 'j', 'FAILED'),
  'D REJECTED': (rig: EngineRig) => rig.update('t1', 'j', 'REJECTED'),
  N: (rig: EngineRig) => rig.startNext('t1'),
  C: (rig: EngineRig) => rig.send({ type: 'cancel-execution', ...target, force: false }),
  'C+force': (rig: EngineRig) => rig.send({ type: 'cancel-execution', ...target, force: true }),
  J: (rig: EngineRig) => rig.send({ type: 'cancel-job', jobId: 'j', force: false }),
  'J+force': (rig: EngineRig) => rig.send({ type: 'cancel-job', jobId: 'j', force: true }),
  T: (rig: EngineRig) => {
    rig.advance(5 * minute);
    return undefined;
  },
  R: (rig: EngineRig) => rig.send({ type: 'leave-group', thingName: 't1', groupName: 'g' }),
  X: (rig: EngineRig) =>
    rig.send({ type: 'delete-execution', ...target, executionNumber: 1, force: false }),
  'X+force': (rig: EngineRig) =>
    rig.send({ type: 'delete-execution', ...target, executionNumber: 1, force: true }),
} satisfies Record<string, (rig: EngineRig) => Reply<unknown> | undefined>;
type Action = keyof typeof actions;

const setups: Record<string, readonly Action[]> = {
  QUEUED: [],
  IN_PROGRESS: ['N'],
  SUCCEEDED: ['D SUCCEEDED'],
  FAILED: ['D FAILED'],
  REJECTED: ['D REJECTED'],
  TIMED_OUT: ['N', 'T'],
  REMOVED: ['R'],
  CANCELED: ['C'],
};

const illegal = 'InvalidStateTransition';

/** Reference §1.3: what becomes of the execution, or the code of the refusal. */
const table: Record<'QUEUED' | 'IN_PROGRESS', Record<Action, string>> = {
  QUEUED: {
    'D IN_PROGRESS': 'IN_PROGRESS',
    'D SUCCEEDED': 'SUCCEEDED',
    'D FAILED': 'FAILED',
    'D REJECTED': 'REJECTED',
    N: 'IN_PROGRESS',
    C: 'CANCELED',
    'C+force': 'CANCELED',
    J: 'CANCELED',
    'J+force': 'CANCELED',
    T: 'QUEUED',
    R: 'REMOVED',
    X: illegal,
    'X+force': 'deleted',
  },
  IN_PROGRESS: {
    'D IN_PROGRESS': 'IN_PROGRESS',
    'D SUCCEEDED': 'SUCCEEDED',
    'D FAILED': 'FAILED',
    'D REJECTED': 'REJECTED',
    N: 'IN_PROGRESS',
    C: illegal,
    'C+force': 'CANCELED',
    J: 'IN_PROGRESS',
    'J+force': 'CANCELED',
    T: 'TIMED_OUT',
    R: 'REMOVED',
    X: illegal,
    'X+force': 'deleted',
  },
};

function terminalCell(status: string, action: Action): string {
  if (action.startsWith('X')) return 'deleted';
  return action.startsWith('D') || action.startsWith('C') ? illegal : status;
}

const cells = Object.keys(setups).flatMap((status) =>
  (Object.keys(actions) as Action[]).map((action) => {
    const row = status === 'QUEUED' || status === 'IN_PROGRESS' ? table[status] : undefined;
    return [status, action, row?.[action] ?? terminalCell(status, action)] as const;
  }),
);

it.each(cells)('%s, %s: %s', (status, action, outcome) => {
  const rig = rigWithJob();
  for (const step of setups[status] ?? []) actions[step](rig);
  expect(rig.status('t1', 'j')).toBe(status);

  const reply = actions[action](rig);

  const after = rig.status('t1', 'j') ?? 'deleted';
  if (outcome === illegal) {
    expect(reply).toMatchObject({ ok: false, rejection: { code: illegal } });
    expect(after).toBe(status);
  } else {
    expect(after).toBe(outcome);
  }
});
