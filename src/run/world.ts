import type { IoTClient } from '@aws-sdk/client-iot';
import type { ClockSetting, Millis } from '../base/clock.ts';
import type { DeviceRates } from '../cloud/account-rates.ts';
import type { ApiUsage } from '../cloud/api-budget.ts';
import type { WireNames } from '../cloud/wire-names.ts';
import type { EmulatorProcess } from '../emulator/spawn-emulator.ts';
import type { Endpoint } from '../fleet/link.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import type { Plan } from '../scenario/plan.ts';
import { openAwsWorld } from './aws-world.ts';
import type { CloudSettings } from './cloud-facts.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import { openEmulatorWorld } from './emulator-world.ts';
import { openEndpointWorld } from './endpoint-world.ts';
import type { Registrar } from './registrar.ts';

/** Job events of AWS (reference §6.8). */
export interface EventSource {
  readonly endpoint: Endpoint;
  readonly credentials: () => Promise<AwsCredentials>;
  /** Kinds of events that are off in the account. */
  off(): Promise<readonly string[]>;
}

/** The service a run talks to, whichever it is. */
export interface World {
  readonly iot: IoTClient;
  /** Only on an emulator of our own. */
  readonly admin: EmulatorAdmin | undefined;
  /** Takes the service's time along; only on an emulator of our own. */
  readonly step: EmulatorProcess['step'] | undefined;
  /** Process of an emulator of our own. */
  readonly pid: number | undefined;
  readonly mqtt: Endpoint;
  readonly http: string;
  readonly region: string;
  /** What things, groups and jobs are called there. */
  readonly names: WireNames;
  readonly registrar: Registrar;
  /** What AWS was asked so far; undefined on an emulator. */
  readonly apiUsage: (() => readonly ApiUsage[]) | undefined;
  /** What the things sign with now, where they do. Secret. */
  readonly credentials: (() => Promise<AwsCredentials>) | undefined;
  /** Where the service tells of jobs on its own accord; undefined where nobody is to listen. */
  readonly events: EventSource | undefined;
  /** Looks at jobs that it grants in a second; undefined where nothing limits them. */
  readonly looksPerSecond: number | undefined;
  /** What all things together may ask in a second; undefined where nothing limits them. */
  readonly rates: DeviceRates | undefined;
  readonly clockSetting: ClockSetting;
  close(): Promise<void>;
}

export interface WorldRequest {
  readonly plan: Plan;
  readonly runId: string;
  /** Where what is made on AWS is written down. */
  readonly runFolder: string;
  readonly startedAt: Millis;
  readonly cloud: CloudSettings;
  /** Aborts when the run ends: nothing more is to be made then. */
  readonly signal: AbortSignal;
}

/** Opens the plan's target. `onCrash` is called when an emulator of ours ends before it was closed. */
export async function openWorld(
  request: WorldRequest,
  onCrash: (message: string) => void,
): Promise<World> {
  const { plan } = request;
  switch (plan.target.kind) {
    case 'emulator':
      return openEmulatorWorld(plan, onCrash);
    case 'endpoint':
      return openEndpointWorld(plan, plan.target);
    case 'aws':
      return openAwsWorld(request, plan.target);
  }
}
