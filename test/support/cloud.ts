import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type IoTClient,
  ListCertificatesCommand,
  ListJobsCommand,
  ListPoliciesCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
} from '@aws-sdk/client-iot';
import { onTestFinished } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { type CleanupReport, cleanUp } from '../../src/cloud/cleanup.ts';
import { IdentityStore } from '../../src/cloud/identity-store.ts';
import { Journal, journalFile, readJournal } from '../../src/cloud/journal.ts';
import type { JournalHeader } from '../../src/cloud/journal-entry.ts';
import { openProvisioner, type Provisioner } from '../../src/cloud/provisioner.ts';
import { planResources, type ResourcePlan } from '../../src/cloud/resource-plan.ts';
import { wireNames } from '../../src/cloud/wire-names.ts';
import type { AwsTarget } from '../../src/scenario/plan.ts';
import { planScenario } from '../../src/scenario/plan-scenario.ts';
import { loadText } from './scenarios.ts';

export const prefix = 'fr-0a1b2c3d-';
const runId = 'run-1';

/** What a run with this scenario makes under {@link prefix}. */
export function resourcePlan(text: string): ResourcePlan {
  const plan = planScenario(loadText(text));
  const target = plan.target as AwsTarget;
  const names = wireNames({
    prefix,
    hasOwnThings: target.things === 'create',
    hasOwnGroups: target.group === 'create',
  });
  return planResources(plan, target, names, runId);
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetrig-cloud-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function journalHeader(overrides: Partial<JournalHeader> = {}): JournalHeader {
  return { v: 1, runId, prefix, createdAt: '2025-01-01T00:00:00.000Z', ...overrides };
}

/** One run folder and one store, which survive what happens to the process. */
export class CloudRun {
  readonly folder = temporaryFolder();
  readonly store = new IdentityStore(join(temporaryFolder(), 'keys'));
  readonly #plan: ResourcePlan;

  constructor(plan: ResourcePlan) {
    this.#plan = plan;
  }

  get journalText(): string {
    return readFileSync(join(this.folder, journalFile), 'utf8');
  }

  set journalText(text: string) {
    writeFileSync(join(this.folder, journalFile), text);
  }

  /** As a process does that finds what an earlier one has left. */
  async journal(): Promise<Journal> {
    const content = await readJournal(this.folder);
    const journal =
      content === undefined
        ? await Journal.create(this.folder, journalHeader())
        : await Journal.resume(this.folder, content);
    onTestFinished(() => journal.close());
    return journal;
  }

  async provisioner(iot: IoTClient): Promise<Provisioner> {
    const { store } = this;
    return openProvisioner({ iot, journal: await this.journal(), store, plan: this.#plan });
  }

  async cleanUp(iot: IoTClient): Promise<CleanupReport> {
    // Waiting takes a hundredth of its time.
    const clock = new SteerableClock({ scale: 100 });
    try {
      return await cleanUp({ iot, journal: await this.journal(), store: this.store, clock });
    } finally {
      clock.stop();
    }
  }
}

export class Killed extends Error {}

type SentCommand = Parameters<IoTClient['send']>[0];

export interface Death {
  /** With which call, from 1. */
  readonly call: number;
  /** So many calls from that one on still leave; no answer is heard. */
  readonly sent: number;
  /** With that call, and again with each that still leaves: the last time counts. */
  onDeath(): void;
}

/** A client that counts, and that may die with a chosen call. */
export function watchedClient(
  iot: IoTClient,
  death?: Death,
): { readonly iot: IoTClient; readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  let calls = 0;
  const send = async (command: { readonly constructor: { readonly name: string } }) => {
    const call = ++calls;
    const operation = command.constructor.name.replace(/Command$/, '');
    counts[operation] = (counts[operation] ?? 0) + 1;
    if (death !== undefined && call >= death.call) {
      const leaves = call < death.call + death.sent;
      if (leaves || call === death.call) death.onDeath();
      if (leaves) await iot.send(command as SentCommand);
      throw new Killed();
    }
    return iot.send(command as SentCommand);
  };
  return { iot: { send } as unknown as IoTClient, counts };
}

/** Names of everything an account holds. */
export async function accountContent(iot: IoTClient) {
  const [things, groups, certificates, policies, jobs] = await Promise.all([
    iot.send(new ListThingsCommand({ maxResults: 250 })),
    iot.send(new ListThingGroupsCommand({ maxResults: 250 })),
    iot.send(new ListCertificatesCommand({ pageSize: 250 })),
    iot.send(new ListPoliciesCommand({ pageSize: 250 })),
    iot.send(new ListJobsCommand({ maxResults: 250 })),
  ]);
  return {
    things: things.things?.map(({ thingName }) => thingName),
    groups: groups.thingGroups?.map(({ groupName }) => groupName),
    certificates: certificates.certificates?.map(({ certificateId }) => certificateId),
    policies: policies.policies?.map(({ policyName }) => policyName),
    jobs: jobs.jobs?.map(({ jobId }) => jobId),
  };
}

export const nothing = { things: [], groups: [], certificates: [], policies: [], jobs: [] };
