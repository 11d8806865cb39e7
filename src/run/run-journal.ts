import { randomBytes } from 'node:crypto';
import { isoTime, type Millis } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { Journal, readJournal } from '../cloud/journal.ts';
import type { AwsTarget } from '../scenario/plan.ts';
import type { CloudSettings } from './cloud-facts.ts';

export interface JournalRequest {
  readonly runId: string;
  readonly runFolder: string;
  readonly startedAt: Millis;
  readonly region: string;
  readonly target: AwsTarget;
  readonly cloud: CloudSettings;
}

/**
 * The journal of what this run makes: a new one in its folder, or that of the run whose resources it
 * uses on. Throws AppError when that was in another place.
 */
export async function openJournal(request: JournalRequest): Promise<Journal> {
  const { runId, runFolder, startedAt, region, target, cloud } = request;
  const endpoint = target.endpoints.iot;
  if (cloud.reuseFrom === undefined) {
    return Journal.create(runFolder, {
      v: 1,
      runId,
      prefix: `fr-${randomBytes(4).toString('hex')}-`,
      region,
      ...(target.profile === undefined ? {} : { profile: target.profile }),
      ...(endpoint === undefined ? {} : { endpoint }),
      createdAt: isoTime(startedAt),
      pid: process.pid,
    });
  }
  const content = await readJournal(cloud.reuseFrom);
  if (content === undefined) {
    throw new AppError('usage', `${cloud.reuseFrom} has made nothing on AWS`, {
      hint: 'name the folder of a run that was told to --keep, or was broken off',
    });
  }
  const { header } = content;
  if (header.region !== region || header.endpoint !== endpoint) {
    const place = [header.region, header.endpoint].filter(Boolean).join(', ');
    throw new AppError('usage', `${cloud.reuseFrom} has its resources elsewhere: ${place}`, {
      hint: 'run it there, or without --reuse',
    });
  }
  return Journal.resume(cloud.reuseFrom, content);
}
