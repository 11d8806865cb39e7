import assert from 'node:assert/strict';
import type { Address } from '../../src/emulator/listen.ts';
import { type Answer, ask, lost } from './crash-clients.ts';

/** What a client knows of an execution. */
export interface Known {
  readonly status: string;
  readonly versionNumber: number;
}

const queued: Known = { status: 'QUEUED', versionNumber: 1 };

/** An operation that may have happened: how the execution would look then. */
interface Doubt {
  readonly key: string;
  readonly outcome: Known;
}

/** What the service has acknowledged, and what it may have done besides. */
export class CrashModel {
  /** Thing names that CreateThing acknowledged. */
  readonly things: string[] = [];
  /** Targets by job. */
  readonly jobs = new Map<string, readonly string[]>();
  readonly cancelled = new Set<string>();
  /** By `<jobId>/<thingName>`: what its device was told last. Others are QUEUED. */
  readonly executions = new Map<string, Known>();
  /** Jobs and executions touched since the last check. */
  readonly touched = new Set<string>();
  doubtfulJob: { readonly jobId: string; readonly targets: readonly string[] } | undefined;
  doubtfulCancel: string | undefined;
  readonly doubts: Doubt[] = [];
  /** Devices whose start-next got no answer: any one QUEUED execution of theirs may have started. */
  readonly mayHaveStarted = new Set<string>();
  /** Numbers of messages whose PUBACK came, and of those the subscriber received. */
  readonly published = new Set<number>();
  readonly received = new Set<number>();
  nextNumber = 1;
  retained = 0;
  readonly doubtfulRetained = new Set<number>();

  /** Compares a restarted service with all of `jobIds`, settles every doubt, and learns from it. */
  async check(
    http: Address,
    jobIds: Iterable<string>,
    thingNames: Iterable<string>,
  ): Promise<void> {
    for (const thingName of thingNames) {
      assert.equal((await must(http, `/things/${thingName}`)).status, 200, `${thingName} is there`);
    }
    await this.#settleJob(http);
    for (const jobId of new Set([...jobIds, ...this.touched])) await this.#checkJob(http, jobId);
    this.touched.clear();
    this.doubts.length = 0;
    this.mayHaveStarted.clear();
    this.doubtfulCancel = undefined;
  }

  async #settleJob(http: Address): Promise<void> {
    if (this.doubtfulJob === undefined) return;
    const { jobId, targets } = this.doubtfulJob;
    this.doubtfulJob = undefined;
    if ((await must(http, `/jobs/${jobId}`)).status !== 200) {
      const heardOf = [...this.executions.keys()].filter((key) => key.startsWith(`${jobId}/`));
      assert.deepEqual(heardOf, [], `devices have heard of ${jobId}, which is lost`);
      return;
    }
    this.jobs.set(jobId, targets);
    this.touched.add(jobId);
  }

  async #checkJob(http: Address, jobId: string): Promise<void> {
    const targets = this.jobs.get(jobId);
    if (targets === undefined) return;
    const { job } = (await must(http, `/jobs/${jobId}`)).body as { job?: { status: string } };
    assert(job, `job ${jobId} is lost`);
    const isCancelled = job.status === 'CANCELED';
    if (this.cancelled.has(jobId)) assert(isCancelled, `the cancellation of ${jobId} is lost`);
    else if (isCancelled)
      assert.equal(jobId, this.doubtfulCancel, `${jobId} was cancelled by nobody`);
    if (isCancelled) this.cancelled.add(jobId);
    // A job's rollout may not have come to all its things yet; none may be lost or come twice.
    const summaries = await this.#executionsOf(http, jobId, isCancelled ? 0 : targets.length);
    const names = summaries.map(({ thingArn }) => thingArn.split('/')[1] ?? '');
    assert.equal(new Set(names).size, names.length, `executions of ${jobId} doubled: ${names}`);
    for (const [index, thingName] of names.entries()) {
      assert(targets.includes(thingName), `${thingName} is no target of ${jobId}`);
      assert.equal(summaries[index]?.jobExecutionSummary.executionNumber, 1);
      await this.#checkExecution(http, jobId, thingName, isCancelled);
    }
  }

  async #executionsOf(http: Address, jobId: string, atLeast: number): Promise<Summary[]> {
    for (let tries = 0; ; tries++) {
      const { body } = await must(http, `/jobs/${jobId}/things?maxResults=250`);
      const { executionSummaries } = body as { executionSummaries: Summary[] };
      if (executionSummaries.length >= atLeast) return executionSummaries;
      assert(tries < 1000, `${jobId} has ${executionSummaries.length} executions, not ${atLeast}`);
    }
  }

  async #checkExecution(http: Address, jobId: string, thingName: string, isCancelled: boolean) {
    const key = `${jobId}/${thingName}`;
    const known = this.executions.get(key) ?? queued;
    const { body } = await must(http, `/things/${thingName}/jobs/${jobId}`);
    const { status, versionNumber } = (body as { execution: Known }).execution;
    const possible = [known, ...this.#possible(key, thingName, known)];
    if (isCancelled) possible.push({ status: 'CANCELED', versionNumber: known.versionNumber + 1 });
    assert(
      possible.some((one) => one.status === status && one.versionNumber === versionNumber),
      `${key} is ${status} v${versionNumber}; possible: ${JSON.stringify(possible)}`,
    );
    if (status !== 'QUEUED') this.executions.set(key, { status, versionNumber });
  }

  #possible(key: string, thingName: string, known: Known): Known[] {
    const outcomes = this.doubts.filter((doubt) => doubt.key === key).map(({ outcome }) => outcome);
    const isStartable = known === queued && this.mayHaveStarted.has(thingName);
    return isStartable ? [...outcomes, { status: 'IN_PROGRESS', versionNumber: 2 }] : outcomes;
  }
}

interface Summary {
  readonly thingArn: string;
  readonly jobExecutionSummary: { readonly executionNumber: number };
}

async function must(http: Address, path: string): Promise<Answer> {
  const answer = await ask(http, 'GET', path);
  assert(answer !== lost, `no answer to GET ${path}`);
  return answer;
}
