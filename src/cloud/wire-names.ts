import { withoutPrefix } from '../protocol/names.ts';

/** What is to be put before the names of a run on AWS; empty for names of what was there before. */
export interface NamePrefixes {
  /** `fr-1a2b3c4d-`; empty where names are used as they are, as on our own emulator. */
  readonly prefix: string;
  readonly hasOwnThings: boolean;
  readonly hasOwnGroups: boolean;
}

/**
 * Scenario, report and draws speak of plain names; on AWS everything that a run makes has the prefix of
 * the run, so that it cannot meet anything else. This is where the one becomes the other.
 */
export interface WireNames {
  readonly prefix: string;
  readonly thingPrefix: string;
  thing(name: string): string;
  group(name: string): string;
  job(jobId: string): string;
  plainThing(name: string): string;
  /** The plain id of a job on the wire. */
  plainJob(jobId: string): string;
}

export const plainNames: WireNames = wireNames({
  prefix: '',
  hasOwnThings: true,
  hasOwnGroups: true,
});

export function wireNames({ prefix, hasOwnThings, hasOwnGroups }: NamePrefixes): WireNames {
  const thingPrefix = hasOwnThings ? prefix : '';
  const groupPrefix = hasOwnGroups ? prefix : '';
  return {
    prefix,
    thingPrefix,
    thing: (name) => thingPrefix + name,
    group: (name) => groupPrefix + name,
    job: (jobId) => prefix + jobId,
    plainThing: (name) => withoutPrefix(thingPrefix, name),
    plainJob: (jobId) => withoutPrefix(prefix, jobId),
  };
}
