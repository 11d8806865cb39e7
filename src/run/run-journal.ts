import { randomBytes } from 'node:crypto';
import { isoTime, type Millis } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRunning } from '../base/running.ts';
import { IdentityStore } from '../cloud/identity-store.ts';
import { Journal, readJournal } from '../cloud/journal.ts';
import { type OpenResources, openResources } from '../cloud/open-resources.ts';
import type { AwsTarget } from '../scenario/plan.ts';
import type { CloudSettings } from './cloud-facts.ts';

export interface JournalRequest {
  readonly runId: string;
  readonly runFolder: string;
  readonly startedAt: Millis;
  readonly region: string;
  /** Of the data plane, where AWS told it. */
  readonly dataHost: string | undefined;
  readonly target: AwsTarget;
  readonly cloud: CloudSettings;
}

/**
 * The journal of what this run makes: a new one in its folder, or that of the run whose resources it
 * uses on. Throws AppError, with nothing changed, when that was in another place, still runs, or has its
 * keys elsewhere.
 */
export async function openJournal(request: JournalRequest): Promise<Journal> {
  const { runId, runFolder, startedAt, region, dataHost, target, cloud } = request;
  const endpoint = target.endpoints.iot;
  if (cloud.reuseFrom === undefined) {
    return Journal.create(runFolder, {
      v: 1,
      runId,
      prefix: `fr-${randomBytes(4).toString('hex')}-`,
      region,
      ...(target.profile === undefined ? {} : { profile: target.profile }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(dataHost === undefined ? {} : { dataHost }),
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
  const isElsewhere = dataHost !== undefined && (header.dataHost ?? dataHost) !== dataHost;
  if (header.region !== region || header.endpoint !== endpoint || isElsewhere) {
    const place = [header.region, header.endpoint, header.dataHost].filter(Boolean).join(', ');
    throw new AppError('usage', `${cloud.reuseFrom} has its resources elsewhere: ${place}`, {
      hint: 'run it there, or without --reuse',
    });
  }
  const { certificates, pid = header.pid } = openResources(content.entries);
  if (isRunning(pid)) {
    throw new AppError('usage', `${header.runId} is still running (process ${pid})`, {
      hint: 'wait for its end, or run without --reuse',
    });
  }
  await refuseWithoutKeys(IdentityStore.of(cloud.env, header.prefix), certificates);
  const journal = await Journal.resume(cloud.reuseFrom, content);
  await journal.append({ op: 'made', kind: 'process', name: String(process.pid) });
  return journal;
}

/** Things could not connect, and all that was kept would be removed. Those of somebody else's run are not here. */
async function refuseWithoutKeys(
  store: IdentityStore,
  certificates: OpenResources['certificates'],
): Promise<void> {
  const [first] = certificates.values();
  if (first === undefined || (await store.readKey(first.name)) !== undefined) return;
  throw new AppError('setup', `the keys of that run are not in ${store.folder}`, {
    hint: 'set FLEETRIG_STATE_DIR to where they are, or run without --reuse',
  });
}
