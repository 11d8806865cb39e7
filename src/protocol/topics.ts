const prefix = '$aws/things/';

/** What a device may publish: the four operations (reference §6.1). `$next` is a jobId here. */
export type DeviceTopic =
  | { readonly operation: 'get' | 'start-next'; readonly thingName: string }
  | {
      readonly operation: 'describe' | 'update';
      readonly thingName: string;
      readonly jobId: string;
    };

/** How the broker treats a topic below `$aws/things/<thing>/jobs/`. */
export type JobsTopic =
  | { readonly kind: 'request'; readonly request: DeviceTopic }
  /** Ours to publish, never a client's: notify, notify-next and the answers. */
  | { readonly kind: 'reserved' }
  /** Maps to no operation: answered with InvalidTopic. */
  | { readonly kind: 'invalid'; readonly thingName: string };

export function jobsTopic(thingName: string, suffix: string): string {
  return `${prefix}${thingName}/jobs/${suffix}`;
}

export function requestTopic(topic: DeviceTopic): string {
  switch (topic.operation) {
    case 'get':
    case 'start-next':
      return jobsTopic(topic.thingName, topic.operation);
    case 'describe':
      return jobsTopic(topic.thingName, `${topic.jobId}/get`);
    case 'update':
      return jobsTopic(topic.thingName, `${topic.jobId}/update`);
  }
}

export const notifyTopic = (thingName: string): string => jobsTopic(thingName, 'notify');
export const notifyNextTopic = (thingName: string): string => jobsTopic(thingName, 'notify-next');
export const acceptedTopic = (topic: string): string => `${topic}/accepted`;
export const rejectedTopic = (topic: string): string => `${topic}/rejected`;

/** Undefined for a topic outside `$aws/things/<thing>/jobs/`. */
export function parseJobsTopic(topic: string): JobsTopic | undefined {
  if (!topic.startsWith(prefix)) return undefined;
  const [thingName, jobs, ...rest] = topic.slice(prefix.length).split('/');
  if (thingName === undefined || thingName === '' || jobs !== 'jobs' || rest.length === 0) {
    return undefined;
  }
  const request = parseRequest(thingName, rest);
  if (request !== undefined) return { kind: 'request', request };
  return isReserved(rest) ? { kind: 'reserved' } : { kind: 'invalid', thingName };
}

function parseRequest(thingName: string, rest: readonly string[]): DeviceTopic | undefined {
  const [first = '', second] = rest;
  if (rest.length === 1 && (first === 'get' || first === 'start-next')) {
    return { operation: first, thingName };
  }
  if (rest.length !== 2 || first === '') return undefined;
  if (second === 'get') return { operation: 'describe', thingName, jobId: first };
  if (second === 'update') return { operation: 'update', thingName, jobId: first };
  return undefined;
}

function isReserved(rest: readonly string[]): boolean {
  const last = rest.at(-1) ?? '';
  return last === 'accepted' || last === 'rejected' || (rest.length === 1 && /^notify/.test(last));
}
