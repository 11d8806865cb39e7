import type { AccountRates } from './account-rates.ts';
import { type CostEstimate, costOf } from './cost.ts';
import { secondsOf } from './phase-seconds.ts';
import type { Prices } from './prices.ts';
import type { CallCounts } from './resource-calls.ts';
import type { RunForecast } from './run-calls.ts';

export const phases = ['provisioning', 'run', 'cleanup'] as const;
export type Phase = (typeof phases)[number];

export interface EstimateInput {
  /** Calls to the control plane. */
  readonly calls: Readonly<Record<Phase, CallCounts>>;
  readonly rates: AccountRates;
  readonly forecast: RunForecast;
  /** Things that are there at the start, and how many of them connect in a second. */
  readonly connect: { readonly things: number; readonly perSecond: number };
  /** Whether the run is told by events what becomes of its jobs. */
  readonly hearsEvents: boolean;
  readonly prices: Prices;
}

/** What AWS meters of MQTT: all of these but for bytes beyond 5 KB a message. */
export interface MessageEstimate {
  /** Requests of the things, and answers and notices to them: what `limits.messages` caps. */
  readonly published: number;
  readonly delivered: number;
  readonly connects: number;
  readonly subscribes: number;
  /** Of notices, which come at QoS 1. */
  readonly acknowledged: number;
  readonly connectionMinutes: number;
  /** To the run's own connection, each acknowledged. */
  readonly events: number;
}

/** What a run will take. Minutes are of wall time. */
export interface Estimate {
  readonly calls: Readonly<Record<Phase, CallCounts>>;
  readonly callsTotal: number;
  readonly minutes: Readonly<Record<Phase | 'connecting' | 'total', number>>;
  readonly messages: MessageEstimate;
  readonly cost: CostEstimate;
}

export function estimate(input: EstimateInput): Estimate {
  const { calls, forecast, hearsEvents, prices } = input;
  const messages = messagesOf(forecast, hearsEvents);
  return {
    calls,
    callsTotal: phases.reduce((sum, phase) => sum + total(calls[phase]), 0),
    minutes: minutesOf(input),
    messages,
    cost: costOf({
      prices,
      calls: phases.map((phase) => calls[phase]),
      messages,
      executions: forecast.jobs.reduce((sum, { executions }) => sum + executions, 0),
    }),
  };
}

export function messagesOf(forecast: RunForecast, hearsEvents: boolean): MessageEstimate {
  const { answers, connectionMinutes, connects, jobs, notices, requests } = forecast;
  const executions = jobs.reduce((sum, job) => sum + job.executions, 0);
  return {
    published: requests,
    delivered: answers + notices,
    connects,
    // Every device subscribes once to one topic whenever it has connected.
    subscribes: connects,
    acknowledged: notices,
    connectionMinutes,
    // The end of each execution and of each job.
    events: hearsEvents ? executions + jobs.length : 0,
  };
}

function minutesOf({ calls, connect, forecast, rates }: EstimateInput): Estimate['minutes'] {
  const seconds = {
    provisioning: secondsOf(calls.provisioning, rates.control),
    connecting: connect.things / connect.perSecond,
    run: forecast.seconds,
    cleanup: secondsOf(calls.cleanup, rates.control),
  };
  const { provisioning, connecting, run, cleanup } = seconds;
  return {
    provisioning: provisioning / 60,
    connecting: connecting / 60,
    run: run / 60,
    cleanup: cleanup / 60,
    total: (provisioning + connecting + run + cleanup) / 60,
  };
}

function total(counts: CallCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
