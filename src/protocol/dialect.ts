import { z } from 'zod';

/**
 * What AWS leaves open or contradicts itself on, one named member each (reference §11). The defaults
 * are the reference's choices; `C…` is the row of its register.
 */
export const Dialect = z
  .strictObject({
    abortGate: z
      .enum(['completed', 'notified'])
      .default('completed')
      .describe(
        'What minNumberOfExecutedThings counts: completed executions (developer guide) or notified things (API reference). §3',
      ),
    abortComparison: z
      .enum(['at-or-above', 'above'])
      .default('at-or-above')
      .describe('Whether a criterion trips at its percentage or only above it. §3'),
    abortDenominator: z
      .enum(['completed', 'notified'])
      .default('completed')
      .describe('What the percentage is of: completed executions, or all notified ones. C9'),
    abortReasonCode: z
      .string()
      .default('ABORT_CRITERIA_MET')
      .describe('reasonCode of a job that its own criteria cancelled. C10'),
    rateLevel: z
      .enum(['cumulative', 'per-level'])
      .default('cumulative')
      .describe(
        'Exponential rate: level = total / criterion, or counts that restart at each level. C11',
      ),
    rateSpread: z
      .enum(['even', 'burst'])
      .default('even')
      .describe(
        'Inside a minute: evenly spread with the first at once, or all at the start of each minute. C12',
      ),
    firstReleaseDelayMs: z
      .number()
      .min(0)
      .default(0)
      .describe('From CreateJob to the first queued execution; AWS needs 2000 to 4500. §2'),
    retryDelayMs: z
      .number()
      .min(0)
      .default(0)
      .describe('From a failed attempt to the next one. C13'),
    timeoutLatenessMs: z
      .number()
      .min(0)
      .max(60_000)
      .default(0)
      .describe(
        'How late at most a timer fires, drawn per execution; AWS says up to a minute. §4.1',
      ),
    deletionMs: z
      .number()
      .min(0)
      .default(0)
      .describe('How long a job stays DELETION_IN_PROGRESS. §7.1'),
    versionOnServiceChange: z
      .enum(['bump', 'keep'])
      .default('bump')
      .describe('Whether CANCELED, TIMED_OUT and REMOVED raise versionNumber. C4'),
    statusDetailsUpdate: z
      .enum(['replace', 'merge'])
      .default('replace')
      .describe('What given statusDetails do to the stored ones. C5'),
    terminalUpdate: z
      .enum(['InvalidStateTransition', 'TerminalStateReached'])
      .default('InvalidStateTransition')
      .describe('Code for the update of a terminal execution. C1'),
    terminalDescribe: z
      .enum(['TerminalStateReached', 'accepted'])
      .default('TerminalStateReached')
      .describe('Answer to a device that describes a terminal execution. C2'),
    foreignStatus: z
      .enum(['InvalidRequest', 'InvalidStateTransition'])
      .default('InvalidRequest')
      .describe('Code for a status that devices may not set. C3'),
    nextUpdate: z
      .enum(['InvalidTopic', 'ResourceNotFound'])
      .default('InvalidTopic')
      .describe('Code for a publish to $next/update. C22'),
    schedulingMinLeadMinutes: z
      .number()
      .min(0)
      .default(30)
      .describe(
        'How far ahead startTime and endTime must be, and endTime behind startTime, in minutes. §5',
      ),
    hiddenUpdate: z
      .enum(['InvalidStateTransition', 'accepted'])
      .default('InvalidStateTransition')
      .describe(
        'Update by jobId of a queued execution while its maintenance window is closed. C23',
      ),
    namespaceNext: z
      .enum(['all', 'own'])
      .default('all')
      .describe(
        'What $next, start-next and notify-next pick from: all pending executions of the thing, telling only the namespace of the first, or those of the namespace that asks. §6.1',
      ),
    endedJobChange: z
      .enum(['InvalidRequest', 'accepted'])
      .default('InvalidRequest')
      .describe('CancelJob or UpdateJob of a COMPLETED job. C19'),
    deletedThing: z
      .enum(['removed', 'kept'])
      .default('removed')
      .describe('Pending executions of a deleted thing. C7'),
    snapshotLeave: z
      .enum(['unaffected', 'removed'])
      .default('unaffected')
      .describe('Pending executions of a SNAPSHOT job when the thing leaves the group. C8'),
    emptySnapshot: z
      .enum(['completed', 'in-progress'])
      .default('completed')
      .describe('A SNAPSHOT job whose targets hold no thing. C21'),
    groupBuildMs: z
      .number()
      .min(0)
      .default(0)
      .describe('How long a new or changed dynamic group is BUILDING or REBUILDING. §7.5'),
    unauthorizedSubscribe: z
      .enum(['refuse', 'disconnect'])
      .default('refuse')
      .describe(
        'A SUBSCRIBE that no policy allows: a failure in SUBACK, or the end of the connection. C20',
      ),
    eventTimes: z
      .enum(['milliseconds', 'seconds'])
      .default('milliseconds')
      .describe('Unit of createdAt, lastUpdatedAt and completedAt in events. C17'),
    notifyQos: z
      .union([z.literal(0), z.literal(1)])
      .default(1)
      .describe('QoS at which notify, notify-next and events are published. C15'),
    replyQos: z
      .enum(['granted', 'zero'])
      .default('granted')
      .describe(
        'QoS of answers: the requester’s own subscription to that topic if any, or always 0. C16',
      ),
  })
  .meta({ id: 'Dialect' });

export type Dialect = z.output<typeof Dialect>;

export const defaultDialect: Dialect = Dialect.parse({});
