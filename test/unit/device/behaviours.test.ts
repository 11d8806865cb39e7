import { expect, it } from 'vitest';
import { type Behaviour, behaviourNames } from '../../../src/device/behaviours.ts';
import type { ExecutionStatus } from '../../../src/protocol/status.ts';
import { DeviceConversation } from '../../support/device-conversation.ts';

interface Row {
  readonly behaviour: Behaviour;
  readonly seed?: string;
  /** What the service has in the end. */
  readonly status: ExecutionStatus;
  /** What passes after the device is told of its execution at 10 s. */
  readonly lines: readonly string[];
}

/** 40 s of work, reported on halfway, under an in-progress timeout of 2 minutes. A reboot takes 30 s. */
const rows: readonly Row[] = [
  {
    behaviour: 'succeed',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'fail',
    status: 'FAILED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 FAILED v3 {"reason":"simulated"}',
      '50s < accepted FAILED v4',
      '50s over job-1: FAILED, acknowledged, not updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'reject',
    status: 'REJECTED',
    lines: [
      '10s > update job-1 REJECTED v1 {"reason":"simulated"}',
      '10s < accepted REJECTED v2',
      '10s over job-1: REJECTED, acknowledged, not updated',
      '10s < notify-next',
    ],
  },
  {
    behaviour: 'ignore',
    status: 'QUEUED',
    lines: [],
  },
  {
    behaviour: 'hang',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '2m10s < notify-next',
      '2m10s over job-1: IN_PROGRESS, acknowledged, not updated',
    ],
  },
  {
    behaviour: 'hang-in-download',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '14s > update job-1 IN_PROGRESS v2 {"step":"download","percent":"10"}',
      '14s < accepted IN_PROGRESS v3',
      '18s > update job-1 IN_PROGRESS v3 {"step":"download","percent":"20"}',
      '18s < accepted IN_PROGRESS v4',
      '22s > update job-1 IN_PROGRESS v4 {"step":"download","percent":"30"}',
      '22s < accepted IN_PROGRESS v5',
      '26s > update job-1 IN_PROGRESS v5 {"step":"download","percent":"40"}',
      '26s < accepted IN_PROGRESS v6',
      '2m10s < notify-next',
      '2m10s over job-1: IN_PROGRESS, acknowledged, not updated',
    ],
  },
  {
    behaviour: 'hang-in-progress',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 IN_PROGRESS v3 {"step":"2"}',
      '50s < accepted IN_PROGRESS v4',
      '1m10s > update job-1 IN_PROGRESS v4 {"step":"3"}',
      '1m10s < accepted IN_PROGRESS v5',
      '1m30s > update job-1 IN_PROGRESS v5 {"step":"4"}',
      '1m30s < accepted IN_PROGRESS v6',
      '1m50s > update job-1 IN_PROGRESS v6 {"step":"5"}',
      '1m50s < accepted IN_PROGRESS v7',
      '2m10s > update job-1 IN_PROGRESS v7 {"step":"6"}',
      '2m10s < notify-next',
      '2m10s < rejected VersionMismatch',
      '2m10s over job-1: IN_PROGRESS, unacknowledged, not updated',
      '2m10s > describe $next',
      '2m10s < accepted',
    ],
  },
  {
    behaviour: 'overrun',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '10s > describe job-1',
      '10s < accepted job-1 IN_PROGRESS v2',
      '2m10s < notify-next',
      '3m15s > update job-1 SUCCEEDED v2',
      '3m15s < rejected VersionMismatch',
      '3m15s over job-1: SUCCEEDED, unacknowledged, updated',
      '3m15s > describe $next',
      '3m15s < accepted',
    ],
  },
  {
    behaviour: 'crash-and-resume',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '28s break off',
      '58s connect',
      '58s subscribe notify-next',
      '58s > describe $next',
      '58s < accepted job-1 IN_PROGRESS v2',
      '1m > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '1m < accepted IN_PROGRESS v3',
      '1m20s > update job-1 SUCCEEDED v3',
      '1m20s < accepted SUCCEEDED v4',
      '1m20s over job-1: SUCCEEDED, acknowledged, updated',
      '1m20s < notify-next',
    ],
  },
  {
    behaviour: 'crash-and-forget',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '28s break off',
      '58s connect',
      '58s subscribe notify-next',
      '58s > describe $next',
      '58s < accepted job-1 IN_PROGRESS v2',
      '2m10s < notify-next',
      '2m10s over job-1: IN_PROGRESS, acknowledged, not updated',
    ],
  },
  {
    behaviour: 'stale-version',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v1 {"step":"1","percent":"50"}',
      '30s < rejected VersionMismatch',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'illegal-transition',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s > update job-1 IN_PROGRESS',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
      '50s < rejected InvalidStateTransition',
    ],
  },
  {
    behaviour: 'illegal-transition',
    seed: 'b',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 QUEUED v2 {"step":"1","percent":"50"}',
      '30s < rejected InvalidRequest',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'illegal-transition',
    seed: 'd',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 CANCELED v2 {"step":"1","percent":"50"}',
      '30s < rejected InvalidRequest',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'malformed',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 (not JSON)',
      '30s < rejected InvalidJson',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'duplicate-update',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '10s < rejected VersionMismatch',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '30s < rejected VersionMismatch',
      '50s > update job-1 SUCCEEDED v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
      '50s < rejected VersionMismatch',
    ],
  },
  {
    behaviour: 'lost-final-status',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s break off',
      '1m20s connect',
      '1m20s subscribe notify-next',
      '1m20s > describe $next',
      '1m20s < accepted job-1 IN_PROGRESS v3',
      '2m10s < notify-next',
      '2m10s over job-1: IN_PROGRESS, acknowledged, updated',
    ],
  },
  {
    behaviour: 'success-then-rollback',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, not updated',
      '50s break off',
      '1m20s connect',
      '1m20s subscribe notify-next',
      '1m20s > describe $next',
      '1m20s < accepted',
    ],
  },
  {
    behaviour: 'false-failure',
    status: 'FAILED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 FAILED v3 {"reason":"simulated"}',
      '50s < accepted FAILED v4',
      '50s over job-1: FAILED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
  {
    behaviour: 'miss-step-timeout',
    status: 'TIMED_OUT',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '10s > update job-1 IN_PROGRESS v2 step 1m',
      '10s < accepted IN_PROGRESS v3',
      '1m10s < notify-next',
      '2m15s > update job-1 SUCCEEDED v3',
      '2m15s < rejected VersionMismatch',
      '2m15s over job-1: SUCCEEDED, unacknowledged, updated',
      '2m15s > describe $next',
      '2m15s < accepted',
    ],
  },
  {
    behaviour: 'link-cut-mid-job',
    status: 'SUCCEEDED',
    lines: [
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '28s break off',
      '29s connect',
      '29s subscribe notify-next',
      '29s > describe $next',
      '29s < accepted job-1 IN_PROGRESS v2',
      '30s > update job-1 IN_PROGRESS v2 {"step":"1","percent":"50"}',
      '30s < accepted IN_PROGRESS v3',
      '50s > update job-1 SUCCEEDED v3',
      '50s < accepted SUCCEEDED v4',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ],
  },
];

it.each(rows)('$behaviour ends $status', ({ behaviour, seed, status, lines }) => {
  const talk = new DeviceConversation(
    {
      outcome: behaviour,
      work: '40s',
      progress: { steps: 1 },
      link: { reconnect: { jitter: 'none' } },
    },
    seed,
  );
  talk.feed({ type: 'start' });
  talk.runTo(10).jobs.queue('job-1', 120_000);
  talk.takeLines();

  talk.runTo(300);

  expect(talk.takeLines().slice(1)).toEqual(lines);
  expect(talk.jobs.statusOf('job-1')).toBe(status);
});

it('every behaviour has a conversation', () => {
  expect(new Set(rows.map(({ behaviour }) => behaviour))).toEqual(new Set(behaviourNames));
});
