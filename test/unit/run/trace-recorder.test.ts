import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findTraces } from '../../../src/report/trace/read-trace.ts';
import { type TraceLine, traceFile } from '../../../src/report/trace/trace-line.ts';
import { traceJobs } from '../../../src/run/job-trace.ts';
import type { ListedExecution, ObservedJob } from '../../../src/run/job-watch.ts';
import { TraceRecorder } from '../../../src/run/trace-recorder.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { traceHeader } from '../../support/traces.ts';

function record() {
  const folder = temporaryFolder();
  const { type: _, traceVersion: __, ...header } = traceHeader;
  const recorder = new TraceRecorder(join(folder, traceFile), header, 1000);
  const read = async () => {
    const lines: TraceLine[] = [];
    const [source] = await findTraces(folder, folder);
    for await (const line of source.lines()) lines.push(line);
    return lines;
  };
  return { recorder, read };
}

const said = (at: number) => ({
  at,
  thing: 0,
  name: 'pump-0',
  direction: 'out' as const,
  topic: '$next/get',
  payload: {},
});
const { at: _, ...plain } = said(0);

it('counts from the zero of the run, and from its own beginning before that', async () => {
  const { recorder, read } = record();

  recorder.addMessages([said(1250)]);
  recorder.begin(3000);
  recorder.addMessages([said(2999), said(3000), said(4000.12345)]);
  const told = await recorder.finish([], 9000);
  await recorder.abandon();

  expect(told).toEqual({ file: traceFile, messages: 4 });
  expect(await read()).toEqual([
    traceHeader,
    { type: 'message', ramp: 250, ...plain },
    { type: 'zero', rampMs: 2000 },
    { type: 'message', ramp: 1999, ...plain },
    { type: 'message', t: 0, ...plain },
    { type: 'message', t: 1000.123, ...plain },
    { type: 'end', t: 6000, messages: 4 },
  ]);
});

it('says of a run that could not begin that it holds nothing of it', async () => {
  const { recorder, read } = record();

  await recorder.abandon();

  expect((await read()).at(-1)).toMatchObject({ type: 'end', gap: 'the run could not begin' });
});

it('takes events of jobs, and of executions with the name of their thing', async () => {
  const { recorder, read } = record();
  const payload = { status: 'CANCELED' };
  recorder.begin(1000);

  const told = { key: '', jobId: 'fw', payload };
  recorder.addEvent({ ...told, kind: 'job', operation: 'canceled', at: 1500 });
  const failed = { kind: 'execution', operation: 'failed', thingName: 'pump-0' } as const;
  recorder.addEvent({ ...told, ...failed, at: 1600 });
  await recorder.finish([], 2000);

  expect((await read()).filter(({ type }) => type === 'event')).toEqual([
    { type: 'event', t: 500, job: 'fw', operation: 'canceled', payload },
    { type: 'event', t: 600, job: 'fw', name: 'pump-0', operation: 'failed', payload },
  ]);
});

it('tells the course of a job: its states, what stood when it was cancelled, how it ended', () => {
  const trip = { criterion: 0, failureType: 'FAILED' as const, at: 61_000, inProgress: 2 };
  const counts = { executed: 3, failed: 1, notified: 5 };
  const executions = { SUCCEEDED: 2, FAILED: 1, CANCELED: 2 };
  const watch = {
    jobId: 'fw',
    status: 'CANCELED',
    reasonCode: 'ABORT_CRITERIA_MET',
    executions,
    observation: { trip: { ...trip, ...counts } },
  } as unknown as ObservedJob;
  const ended = (status: string, updatedAt: number) => ({ status, updatedAt }) as ListedExecution;
  const listed = [ended('SUCCEEDED', 50_000), ended('FAILED', 61_000), ended('CANCELED', 61_000)];

  const lines = traceJobs({
    events: [
      { at: 61_000, kind: 'job-aborted', message: '', data: { jobId: 'fw', ...trip } },
      { at: 1000, kind: 'job-created', message: '', data: { jobId: 'fw' } },
      { at: 1000, kind: 'job-status', message: '', data: { jobId: 'fw', status: 'IN_PROGRESS' } },
      { at: 2000, kind: 'things-added', message: '', data: { count: 3 } },
    ],
    watches: new Map([['fw', watch]]),
    listings: new Map([['fw', [...listed, ended('SUCCEEDED', 62_000)]]]),
    zeroAt: 1000,
    endAt: 91_000,
  });

  const of = { type: 'job', job: 'fw' };
  const standing = { trip: { failureType: 'FAILED', ...counts }, completed: 2 };
  expect(lines).toEqual([
    { ...of, t: 0, what: 'created' },
    { ...of, t: 0, what: 'state', status: 'IN_PROGRESS' },
    { ...of, t: 60_000, what: 'state', status: 'CANCELED', ...standing },
    {
      ...of,
      ...{ t: 90_000, what: 'end', status: 'CANCELED' },
      ...{ reasonCode: 'ABORT_CRITERIA_MET', executions },
    },
  ]);
});
