import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { openMqttJsLink } from '../fleet/link-mqttjs.ts';
import type { Collector } from './collector.ts';
import { EventObserver } from './event-observer.ts';
import type { TraceRecorder } from './trace-recorder.ts';
import type { World } from './world.ts';

interface Listening {
  readonly world: Pick<World, 'events' | 'names'>;
  readonly clock: Clock;
  readonly collector: Collector;
  readonly trace: Pick<TraceRecorder, 'addEvent'> | undefined;
}

/** Begins to hear job events where the target has them to tell; says so where they are off. */
export async function listenToJobs(run: Listening): Promise<EventObserver | undefined> {
  const { world, clock, collector, trace } = run;
  const { events, names } = world;
  if (events === undefined) return undefined;
  const off = await offOf(events, collector);
  if (off === undefined || off.includes('JOB')) {
    collector.addEvent(
      'warning',
      'job events are off in this account: the run goes by its looks at the jobs (target.aws.events: enable switches them on)',
    );
    return undefined;
  }
  if (off.includes('JOB_EXECUTION')) {
    collector.addEvent('warning', 'events of job executions are off in this account');
  }
  const observer = new EventObserver({
    openLink: openMqttJsLink,
    endpoint: events.endpoint,
    credentials: events.credentials,
    names,
    clock,
    collector,
    onEvent: (event) => trace?.addEvent(event),
  });
  await observer.open();
  return observer;
}

async function offOf(
  events: NonNullable<World['events']>,
  collector: Collector,
): Promise<readonly string[] | undefined> {
  try {
    return await events.off();
  } catch (error) {
    collector.addEvent('warning', `AWS does not tell whether events are on: ${messageOf(error)}`);
    return undefined;
  }
}
