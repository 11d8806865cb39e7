import type { PredictedLoad, Prediction } from '../../src/report/prediction.ts';
import type { Share, Spread } from '../../src/report/uncertainty.ts';

const threshold = 'jobs.0.create.abortConfig.criteriaList.0.thresholdPercentage';

/** Of one job under two readings, with many seeds and a sweep. */
export function predictionOf(overrides: Partial<Prediction> = {}): Prediction {
  return {
    network: { latency: 30, loss: 0 },
    outcomes: [outcomeOf('completed', true), outcomeOf('notified', false)],
    uncertainty: {
      seeds: 20,
      healthy: 'healthy',
      jobs: [
        {
          jobId: 'fw-1-4',
          aborts: shareOf(15),
          completes: shareOf(5),
          neither: shareOf(0),
          falseAborts: shareOf(1),
          durationSeconds: spreadOf(380),
          harmedThings: spreadOf(107),
          notified: spreadOf(1300),
          tripSeconds: spreadOf(379),
          tripExecuted: spreadOf(1060),
        },
      ],
    },
    sweep: {
      seeds: 20,
      axes: [threshold],
      points: [4, 6, 8, 10].map((percentage, index) => ({
        values: [String(percentage)],
        aborts: shareOf(20 - 5 * index),
        completes: shareOf(5 * index),
        harmedThings: spreadOf(20 + 30 * index),
        notified: spreadOf(500 + 200 * index),
        ...(index < 3 && { tripSeconds: spreadOf(100 + 60 * index) }),
        isBest: index !== 2,
      })),
    },
    ...overrides,
  };
}

function outcomeOf(
  abortGate: 'completed' | 'notified',
  isDefault: boolean,
): Prediction['outcomes'][number] {
  return {
    reading: { abortGate, abortComparison: 'at-or-above', abortDenominator: 'completed' },
    isDefault,
    events: 12_000,
    simulatedSeconds: 390,
    jobs: [
      {
        jobId: 'fw-1-4',
        status: 'CANCELED',
        durationSeconds: 380,
        targeted: 1500,
        notified: 1305,
        ratePerMinuteMax: 104,
        harmedThings: 109,
        criteria: [
          {
            failureType: 'FAILED',
            thresholdPercentage: 10,
            minNumberOfExecutedThings: 100,
            trip: {
              at: 380.5,
              executed: 1067,
              thing: 'pump-00271',
              executionNumber: 1,
              failed: 107,
              percentage: 10.03,
              notified: 1305,
              inProgress: 92,
              harmed: 108,
              finishedAfter: 80,
              harmedAfter: 1,
            },
          },
        ],
      },
    ],
    load: {
      connects: loadOf(1500),
      updates: loadOf(4200),
      describes: loadOf(1500),
      startNexts: loadOf(0),
      documents: loadOf(1305),
    },
  };
}

function loadOf(total: number): PredictedLoad {
  return total === 0 ? { total, perSecondMax: 0 } : { total, perSecondMax: 9, at: 12 };
}

function shareOf(runs: number): Share {
  const probability = runs / 20;
  return {
    runs,
    of: 20,
    probability,
    low: Math.max(0, probability - 0.2),
    high: Math.min(1, probability + 0.2),
  };
}

function spreadOf(median: number): Spread {
  return {
    runs: 20,
    mean: median + 0.5,
    median,
    low: median - 1,
    high: median + 1,
    p2_5: median - 3,
    p97_5: median + 3,
  };
}
