import type { Traffic } from '../base/traffic.ts';
import type { Thing } from '../device/population.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import { openIdentifiedLink, type TellTrouble } from './identified-link.ts';
import type { ReadIdentity } from './identities.ts';
import type { DeviceLink, Endpoint, Identity, LinkEvents, OpenLink } from './link.ts';

/** What the links of all things of a worker have in common. */
export interface LinkSurroundings {
  readonly openLink: OpenLink;
  readonly endpoint: Endpoint;
  readonly identityOf: (thing: Thing) => Identity | ReadIdentity | undefined;
  /** Those of now: temporary ones are replaced while a run goes on. */
  readonly credentials: () => AwsCredentials | undefined;
  readonly keepAliveSeconds: number;
  readonly localAddresses: readonly string[];
  readonly traffic: Traffic | undefined;
  readonly onTrouble: TellTrouble;
}

/** The link of one thing, as its profile has it, with its identity. */
export function openThingLink(
  thing: Thing,
  around: LinkSurroundings,
  events: LinkEvents,
): DeviceLink {
  const { thingName, index, cohort } = thing;
  const { mqtt, session } = cohort.profile;
  const { openLink, endpoint, credentials, keepAliveSeconds, localAddresses, traffic } = around;
  const identity = around.identityOf(thing);
  const options = {
    endpoint,
    clientId: thingName,
    protocolVersion: mqtt,
    isCleanSession: session === 'clean',
    keepAliveSeconds,
    credentials,
    localAddress: localAddresses[index % localAddresses.length],
    traffic,
  };
  return typeof identity === 'function'
    ? openIdentifiedLink(openLink, identity, around.onTrouble, options, events)
    : openLink({ ...options, identity }, events);
}
