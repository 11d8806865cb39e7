import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { IoTClient } from '@aws-sdk/client-iot';
import { instantOf, SteerableClock, wallNow } from '../base/clock.ts';
import { parseDuration } from '../base/duration.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { isRunning } from '../base/running.ts';
import { accountRates } from '../cloud/account-rates.ts';
import { ApiBudget } from '../cloud/api-budget.ts';
import { describeEndpoint, openAccount } from '../cloud/aws-client.ts';
import { type CleanupProgress, type CleanupReport, cleanUp } from '../cloud/cleanup.ts';
import { IdentityStore } from '../cloud/identity-store.ts';
import { Journal, type JournalContent, readJournal } from '../cloud/journal.ts';
import type { JournalHeader } from '../cloud/journal-entry.ts';
import { isNothingOpen, openResources } from '../cloud/open-resources.ts';
import { exitCodes } from '../run/exit-codes.ts';
import { readSettings } from '../scenario/overrides.ts';
import type { CleanupOrder } from './cleanup.ts';
import type { Io } from './io.ts';

interface RunJournal {
  readonly folder: string;
  readonly content: JournalContent;
}

/** Carries out `fleetrig cleanup`: 3 when anything of any run is left. */
export async function cleanRuns(order: CleanupOrder, io: Io): Promise<number> {
  const journals = await journalsOf(order, io);
  let isClean = true;
  for (const journal of journals) {
    try {
      const report = await cleanRun(journal, order, io);
      isClean &&= report.isClean;
      io.stdout(order.json ? renderJson(journal, report) : renderText(journal, report));
    } catch (error) {
      // One account that cannot be reached keeps no other run from being cleaned up.
      if (!order.allRuns || !(error instanceof AppError)) throw error;
      isClean = false;
      io.stderr(`${journal.content.header.runId}: ${messageOf(error)}\n`);
    }
  }
  if (journals.length === 0 && !order.json) io.stdout('there is nothing to clean up\n');
  return isClean ? exitCodes.passed : exitCodes.setup;
}

async function journalsOf(order: CleanupOrder, io: Io): Promise<readonly RunJournal[]> {
  if (order.runDir === undefined) {
    if (!order.allRuns) throw usage('neither a run folder nor --all-runs is given');
    return openJournals(order, io);
  }
  if (order.olderThan !== undefined) throw usage('--older-than goes with --all-runs');
  const folder = resolve(io.cwd, order.runDir);
  const content = await readJournal(folder);
  if (content === undefined) {
    throw new AppError('usage', `${folder} holds no resources.ndjson`, {
      hint: 'a run with target: aws has one, and with --reuse that is in the folder it was told; without it nothing was made',
    });
  }
  const pid = pidOf(content);
  if (isRunning(pid)) {
    throw new AppError('usage', `${content.header.runId} is still running (process ${pid})`, {
      hint: 'end it, and it cleans up itself; if that process is another program, take its number out of resources.ndjson',
    });
  }
  return [{ folder, content }];
}

function pidOf({ header, entries }: JournalContent): number | undefined {
  return openResources(entries).pid ?? header.pid;
}

/** Of all runs that are over and have left something. */
async function openJournals(order: CleanupOrder, io: Io): Promise<readonly RunJournal[]> {
  const before = wallNow() - ageOf(order);
  const found: RunJournal[] = [];
  for (const folder of await foldersIn(resolve(io.cwd, readSettings(order, io.env).out))) {
    const content = await readJournal(folder);
    if (content === undefined || isNothingOpen(openResources(content.entries))) continue;
    const { createdAt, runId } = content.header;
    const pid = pidOf(content);
    if ((instantOf(createdAt) ?? 0) > before) continue;
    if (isRunning(pid)) io.stderr(`${runId}: left alone, it is still running (process ${pid})\n`);
    else found.push({ folder, content });
  }
  return found;
}

function ageOf({ olderThan }: CleanupOrder): number {
  if (olderThan === undefined) return 0;
  const age = parseDuration(olderThan);
  if (age === undefined) throw usage(`--older-than ${olderThan} is no duration such as 90m or 2h`);
  return age;
}

async function foldersIn(parent: string): Promise<string[]> {
  try {
    const entries = await readdir(parent, { withFileTypes: true });
    // A link such as `latest` leads to one that is listed itself.
    const folders = entries.filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => join(parent, name)).sort();
  } catch (cause) {
    throw new AppError('usage', `cannot read ${parent}: ${tellFileProblem(cause)}`, {
      hint: 'name the parent of the run folders with --out',
      cause,
    });
  }
}

async function cleanRun(
  { folder, content }: RunJournal,
  order: CleanupOrder,
  io: Io,
): Promise<CleanupReport> {
  const { header } = content;
  const clock = new SteerableClock();
  const { control } = accountRates(undefined, folder);
  const journal = await Journal.resume(folder, content);
  try {
    const { iot } = await openAccount(
      {
        region: header.region ?? order.region,
        profile: header.profile ?? order.profile,
        endpoints: { iot: header.endpoint ?? order.endpoint },
      },
      { budget: new ApiBudget(control), clock },
    );
    try {
      await refuseOtherAccount(iot, header);
      const store = IdentityStore.of(io.env, header.prefix);
      return await cleanUp({
        iot,
        journal,
        clock,
        store,
        onProgress: slowTeller(header.runId, io),
      });
    } finally {
      iot.destroy();
    }
  } finally {
    clock.stop();
    await journal.close();
  }
}

/** In another account nothing of the run is there, and all of it would count as gone. */
async function refuseOtherAccount(iot: IoTClient, { dataHost }: JournalHeader): Promise<void> {
  if (dataHost === undefined) return;
  const { host } = await describeEndpoint(iot, 'iot:Data-ATS');
  if (host === dataHost) return;
  throw new AppError(
    'setup',
    `these credentials are of another account: ${host}, not ${dataHost}`,
    {
      hint: 'use credentials of the account that the run was in',
    },
  );
}

const tellEveryMs = 10_000;

/** A line now and then: at AWS's rates many certificates take half an hour. */
function slowTeller(runId: string, io: Io): (progress: CleanupProgress) => void {
  let nextAt = wallNow() + tellEveryMs;
  return ({ done, left }) => {
    if (wallNow() < nextAt) return;
    nextAt = wallNow() + tellEveryMs;
    io.stderr(`${runId}: ${done} removed, ${left} to go\n`);
  };
}

function renderJson({ folder, content }: RunJournal, report: CleanupReport): string {
  const { runId, prefix } = content.header;
  return `${JSON.stringify({ runId, folder, prefix, ...report })}\n`;
}

function renderText({ content }: RunJournal, report: CleanupReport): string {
  const { removed, missing, spared, failed, isClean } = report;
  const lines = [
    ...countLines('removed', removed),
    ...countLines('never made, or gone already', missing),
    ...spared.map((what) => `  left alone  ${what}: this run did not make it`),
    ...failed.map(({ what, reason }) => `  left  ${what}: ${reason}`),
  ];
  const verdict = isClean ? 'nothing is left' : `${failed.length} left; clean up again later`;
  return [`${content.header.runId} (${content.header.prefix}*): ${verdict}`, ...lines, ''].join(
    '\n',
  );
}

function countLines(title: string, counts: CleanupReport['removed']): string[] {
  const parts = Object.entries(counts).map(([kind, count]) => tellCount(kind, count));
  return parts.length === 0 ? [] : [`  ${title}: ${parts.join(', ')}`];
}

function tellCount(kind: string, count: number): string {
  switch (kind) {
    case 'keys':
      return 'its keys';
    case 'event configuration':
      return 'the job events it had switched on';
    case 'policy':
      return `${count} ${count === 1 ? 'policy' : 'policies'}`;
    default:
      return `${count} ${kind}${count === 1 ? '' : 's'}`;
  }
}

function usage(message: string): AppError {
  return new AppError('usage', message, {
    hint: 'name a run folder, or use --all-runs, with --older-than if you like',
  });
}
