import {
  DescribeEventConfigurationsCommand,
  type EventType,
  type IoTClient,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';

/** What a run watches jobs by (reference §6.8). */
export const jobEventTypes = ['JOB', 'JOB_EXECUTION'] as const satisfies readonly EventType[];

const name = 'jobs';

/** Which of the two are on in the account. */
export async function describeJobEvents(
  iot: IoTClient,
): Promise<Readonly<Record<(typeof jobEventTypes)[number], boolean>>> {
  const { eventConfigurations } = await iot.send(new DescribeEventConfigurationsCommand({}));
  const isOn = (type: EventType) => eventConfigurations?.[type]?.Enabled === true;
  return { JOB: isOn('JOB'), JOB_EXECUTION: isOn('JOB_EXECUTION') };
}

/**
 * Switches job events on for the whole account and region; the journal keeps what was off before. False
 * when nothing had to be changed. Of two runs at once, the first to end switches them off for both.
 */
export async function enableJobEvents(iot: IoTClient, journal: Journal): Promise<boolean> {
  if (journal.open.formerEvents === undefined) {
    const now = await describeJobEvents(iot);
    const former = Object.fromEntries(Object.entries(now).filter(([, isOn]) => !isOn));
    if (Object.keys(former).length === 0) return false;
    await journal.append({ op: 'intend', kind: 'event-configuration', name, former });
  }
  const { formerEvents = {} } = journal.open;
  await update(iot, Object.fromEntries(Object.keys(formerEvents).map((type) => [type, true])));
  await journal.append({ op: 'made', kind: 'event-configuration', name });
  return true;
}

/** Puts back what {@link enableJobEvents} changed and nobody has changed since; `note` is told of it. */
export async function restoreJobEvents(
  iot: IoTClient,
  journal: Journal,
  note: (entry: JournalEntry) => Promise<void>,
): Promise<void> {
  const { formerEvents } = journal.open;
  if (formerEvents === undefined) return;
  const now = await describeJobEvents(iot);
  // Whatever a journal says: a run changes no other types, and only switches them on.
  const changed = jobEventTypes.filter((type) => formerEvents[type] === false && now[type]);
  if (changed.length > 0)
    await update(iot, Object.fromEntries(changed.map((type) => [type, false])));
  await note({ op: 'gone', kind: 'event-configuration', name });
}

async function update(iot: IoTClient, types: Readonly<Record<string, boolean>>): Promise<void> {
  const eventConfigurations = Object.fromEntries(
    Object.entries(types).map(([type, isOn]) => [type, { Enabled: isOn }]),
  );
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }));
}
