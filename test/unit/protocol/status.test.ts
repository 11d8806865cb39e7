import { expect, it } from 'vitest';
import {
  type ExecutionStatus,
  executionStatuses,
  isTerminal,
  type Mover,
  mayMove,
} from '../../../src/protocol/status.ts';

const movers: readonly Mover[] = [
  'update',
  'start-next',
  'cancel',
  'force-cancel',
  'timer',
  'removal',
];

/** The table of reference §1.3, row by row: who may move what where. */
const allowed: Readonly<Record<string, readonly Mover[]>> = {
  'QUEUED>IN_PROGRESS': ['update', 'start-next'],
  'QUEUED>SUCCEEDED': ['update'],
  'QUEUED>FAILED': ['update'],
  'QUEUED>REJECTED': ['update'],
  'QUEUED>CANCELED': ['cancel', 'force-cancel'],
  'QUEUED>REMOVED': ['removal'],
  'IN_PROGRESS>IN_PROGRESS': ['update'],
  'IN_PROGRESS>SUCCEEDED': ['update'],
  'IN_PROGRESS>FAILED': ['update'],
  'IN_PROGRESS>REJECTED': ['update'],
  'IN_PROGRESS>TIMED_OUT': ['timer'],
  'IN_PROGRESS>CANCELED': ['force-cancel'],
  'IN_PROGRESS>REMOVED': ['removal'],
};

const cells = executionStatuses.flatMap((from) =>
  executionStatuses.map((to): [ExecutionStatus, ExecutionStatus] => [from, to]),
);

it.each(cells)('%s to %s', (from, to) => {
  const able = movers.filter((mover) => mayMove(from, to, mover));

  expect(able).toEqual(allowed[`${from}>${to}`] ?? []);
});

it('is terminal exactly when nothing leads away', () => {
  expect(executionStatuses.filter((status) => !isTerminal(status))).toEqual([
    'QUEUED',
    'IN_PROGRESS',
  ]);
});
