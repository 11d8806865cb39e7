import type { IPublishPacket } from 'mqtt-packet';
import { closest } from '../base/suggest.ts';
import type { Connection } from './connection.ts';
import type { Diagnosis, Finding } from './diagnosis.ts';

type Publisher = Pick<Connection, 'clientId'>;

const requestForms =
  '$aws/things/<thing>/jobs/get, …/jobs/start-next, …/jobs/<jobId>/get or …/jobs/<jobId>/update';

/** An ordinary publish; explained when it was most likely meant for the Jobs service. */
export function explainRoute(
  diagnosis: Diagnosis,
  { clientId }: Publisher,
  { topic }: Pick<IPublishPacket, 'topic'>,
): void {
  const why = findLookalike(topic);
  if (why === undefined) return;
  diagnosis.explain({
    wire: 'mqtt',
    client: clientId,
    request: topic,
    outcome: 'no answer',
    why,
    next: `Publish to ${requestForms}.`,
  });
}

export function droppedPublish(
  { clientId }: Publisher,
  { topic }: Pick<IPublishPacket, 'topic'>,
  detail: string,
): Finding {
  const why = findReservedLookalike(topic) ?? `It was dropped: ${detail}.`;
  return {
    wire: 'mqtt',
    client: clientId,
    request: topic,
    outcome: 'no answer',
    why,
    next: `Topics that begin with $ are AWS's. Publish to ${requestForms}, never retained, or to a topic of your own.`,
  };
}

export function ingested(
  { clientId }: Publisher,
  { topic }: Pick<IPublishPacket, 'topic'>,
): Finding {
  return {
    wire: 'mqtt',
    client: clientId,
    request: topic,
    outcome: 'no answer',
    why: 'Basic Ingest goes to the rules engine, which the emulator does not have; the message was acknowledged and dropped.',
    next: 'Publish to a plain topic if a subscriber here should get it.',
  };
}

export function throttledPublish(
  { clientId }: Publisher,
  { topic }: Pick<IPublishPacket, 'topic'>,
): Finding {
  return {
    wire: 'mqtt',
    client: clientId,
    request: topic,
    outcome: 'no answer',
    why: 'The connection or the account is past its publishes per second; AWS discards the excess without a PUBACK.',
    next: 'Send more slowly, or start without --quotas.',
  };
}

/** Topics without `$` that differ from a jobs request by a slip. */
function findLookalike(topic: string): string | undefined {
  if (/^\/?\$?aws\/things\/[^/]+\/jobs\//.test(topic)) {
    return 'The topic does not begin with $aws/, so it is an ordinary topic and the Jobs service never sees it.';
  }
  return undefined;
}

/** Reserved topics that are a jobs request but for one word. */
function findReservedLookalike(topic: string): string | undefined {
  const [, things = '', , jobs = ''] = topic.split('/');
  if (things !== 'things' && closest(things, ['things']) !== undefined) {
    return `It was dropped: '${things}' should be 'things'.`;
  }
  if (things === 'things' && jobs !== 'jobs' && closest(jobs, ['jobs']) !== undefined) {
    return `It was dropped: '${jobs}' should be 'jobs'.`;
  }
  return undefined;
}
