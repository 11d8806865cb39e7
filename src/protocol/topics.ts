const prefix = '$aws/things/';

/**
 * What a device may publish: the four operations (reference §6.1). `$next` is a jobId here. Two of them
 * may name a namespace: `{jobId}/namespace-<namespaceId>/get`.
 */
export type DeviceTopic =
  | { readonly operation: 'get' | 'start-next'; readonly thingName: string }
  | {
      readonly operation: 'describe' | 'update';
      readonly thingName: string;
      readonly jobId: string;
      readonly namespaceId?: string;
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
      return jobsTopic(topic.thingName, `${jobLevels(topic)}/get`);
    case 'update':
      return jobsTopic(topic.thingName, `${jobLevels(topic)}/update`);
  }
}

export const notifyTopic = (thingName: string, namespaceId?: string): string =>
  jobsTopic(thingName, `notify${namespaceSuffix(namespaceId)}`);
export const notifyNextTopic = (thingName: string, namespaceId?: string): string =>
  jobsTopic(thingName, `notify-next${namespaceSuffix(namespaceId)}`);
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
  const [first = '', second = ''] = rest;
  if (rest.length === 1 && (first === 'get' || first === 'start-next')) {
    return { operation: first, thingName };
  }
  const namespaceId = rest.length === 3 ? /^namespace-([\w-]+)$/.exec(second)?.[1] : undefined;
  if (first === '' || rest.length !== (namespaceId === undefined ? 2 : 3)) return undefined;
  const job = { thingName, jobId: first, ...(namespaceId === undefined ? {} : { namespaceId }) };
  const last = rest.at(-1);
  if (last === 'get') return { operation: 'describe', ...job };
  if (last === 'update') return { operation: 'update', ...job };
  return undefined;
}

function jobLevels(topic: { readonly jobId: string; readonly namespaceId?: string }): string {
  const { jobId, namespaceId } = topic;
  return namespaceId === undefined ? jobId : `${jobId}/namespace-${namespaceId}`;
}

function namespaceSuffix(namespaceId: string | undefined): string {
  return namespaceId === undefined ? '' : `-namespace-${namespaceId}`;
}

function isReserved(rest: readonly string[]): boolean {
  const last = rest.at(-1) ?? '';
  return last === 'accepted' || last === 'rejected' || (rest.length === 1 && /^notify/.test(last));
}
