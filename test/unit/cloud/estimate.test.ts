import { describe, expect, it } from 'vitest';
import { type EstimateInput, estimate } from '../../../src/cloud/estimate.ts';
import { listPrices, type Prices } from '../../../src/cloud/prices.ts';
import { type RunForecast, runCalls } from '../../../src/cloud/run-calls.ts';
import type { PlannedAction } from '../../../src/scenario/plan.ts';

const forecast: RunForecast = {
  seconds: 120,
  jobs: [{ watchedSeconds: 100, executions: 500, isDeleted: false }],
  connects: 1100,
  connectionMinutes: 4000,
  requests: 3000,
  answers: 2990,
  notices: 510,
};

function estimateOf(overrides: Partial<EstimateInput> = {}) {
  return estimate({
    calls: {
      provisioning: { CreateThingGroup: 2, CreateThing: 1000, AttachPolicy: 300 },
      run: { CreateJob: 1, DescribeJob: 102 },
      cleanup: { DeleteJob: 1, DescribeJob: 1, DeleteThing: 1000, DeleteThingGroup: 2 },
    },
    rates: {
      control: { CreateThing: 100, AttachPolicy: 10, DeleteThing: 50, DeleteThingGroup: 1 },
      devices: { connects: 450, reads: undefined, writes: undefined },
    },
    forecast,
    connect: { things: 900, perSecond: 30 },
    hearsEvents: false,
    prices: listPrices,
    ...overrides,
  });
}

it('takes as long as the slowest operation of each stage, and stage after stage', () => {
  const { minutes } = estimateOf();

  // Groups 2 at 10/s, then things and policies side by side: 300 at 10/s are the slower ones.
  expect(minutes.provisioning * 60).toBeCloseTo(0.2 + 30);
  expect(minutes.connecting * 60).toBeCloseTo(30);
  expect(minutes.run).toBe(2);
  // The job, the things, the groups.
  expect(minutes.cleanup * 60).toBeCloseTo(0.1 + 20 + 2);
  expect(minutes.total * 60).toBeCloseTo(30.2 + 30 + 120 + 22.1);
});

it('adds up calls and messages', () => {
  const { callsTotal, messages } = estimateOf();

  expect(callsTotal).toBe(1302 + 103 + 1004);
  expect(messages).toEqual({
    published: 3000,
    delivered: 3500,
    connects: 1100,
    subscribes: 1100,
    acknowledged: 510,
    connectionMinutes: 4000,
    events: 0,
  });
  expect(estimateOf({ hearsEvents: true }).messages.events).toBe(501);
});

it('costs what the price table says, line by line', () => {
  const prices: Prices = {
    asOf: '2030-05-06',
    region: 'eu-west-1',
    currency: 'EUR',
    messagesPerMillion: 10,
    connectionMinutesPerMillion: 100,
    registryOperationsPerMillion: 1000,
    remoteActionsPerThousand: 2,
  };

  const { cost } = estimateOf({ prices });

  expect(cost).toMatchObject({ asOf: '2030-05-06', region: 'eu-west-1', currency: 'EUR' });
  const lines = cost.lines.map(({ what, quantity, amount }) => [
    what,
    quantity,
    Number(amount.toFixed(6)),
  ]);
  expect(lines).toEqual([
    // Connects, subscribes and acknowledgements are metered as well.
    ['messages', 9210, 0.0921],
    ['connection minutes', 4000, 0.4],
    // Policies are none, and taking away is free.
    ['registry operations', 1002, 1.002],
    ['remote actions', 500, 1],
  ]);
  expect(cost.amount).toBeCloseTo(0.0921 + 0.4 + 1.002 + 1);
  const heard = estimateOf({ prices, hearsEvents: true }).cost;
  expect(heard.lines[0]?.quantity).toBe(9210 + 2 * 501);
});

describe('calls of the run', () => {
  const at = { atMs: 0, position: { file: 'a.yaml', line: 1, column: 1 } };
  const actionOf = (action: object) => ({ ...at, ...action }) as PlannedAction;

  it('are the timeline’s, the looks at each job, and the pages of its list', () => {
    const actions = [
      actionOf({ type: 'create-job' }),
      actionOf({ type: 'update-job' }),
      actionOf({ type: 'cancel-execution', things: [1, 2, 3] }),
      actionOf({ type: 'add-things' }),
      actionOf({ type: 'disconnect' }),
    ];

    expect(runCalls(actions, forecast, 1)).toEqual({
      CreateJob: 1,
      UpdateJob: 1,
      CancelJobExecution: 3,
      DescribeJob: 102,
      ListJobExecutionsForJob: 2,
    });
    expect(runCalls(actions, forecast, 5)).toMatchObject({ DescribeJob: 22 });
  });

  it('have no list of a job that is deleted, but one more look', () => {
    const jobs = [{ watchedSeconds: 10.5, executions: 500, isDeleted: true }];
    const actions = [actionOf({ type: 'create-job' }), actionOf({ type: 'delete-job' })];

    expect(runCalls(actions, { ...forecast, jobs }, 1)).toEqual({
      CreateJob: 1,
      DeleteJob: 1,
      DescribeJob: 13,
    });
  });

  it('ask for the list of a job without executions too', () => {
    const jobs = [{ watchedSeconds: 0, executions: 0, isDeleted: false }];

    expect(runCalls([], { ...forecast, jobs }, 1)).toEqual({
      DescribeJob: 2,
      ListJobExecutionsForJob: 1,
    });
  });
});
