import { limits } from '../protocol/limits.ts';

/** A filter below `$share/<group>/`, taken apart. */
export interface SharedFilter {
  readonly group: string;
  readonly filter: string;
}

const sharePrefix = '$share/';
/** Basic Ingest: straight to the rules engine, which is not modelled. */
export const rulesPrefix = '$aws/rules/';

/** What is wrong with the topic of a PUBLISH, if anything (reference §9.2). */
export function topicFlaw(topic: string): string | undefined {
  if (topic === '') return 'empty topic';
  if (topic.includes('+') || topic.includes('#')) return 'wildcard in a topic';
  if (topic.includes('\0')) return 'null character in a topic';
  return sizeFlaw(topic);
}

/** Whether MQTT's grammar allows the filter; `$share/` only with a group and a filter. */
export function isFilter(text: string): boolean {
  if (!text.startsWith(sharePrefix)) return isPlainFilter(text);
  const shared = parseShared(text);
  return shared !== undefined && /^[^+#\0]+$/.test(shared.group) && isPlainFilter(shared.filter);
}

/** Undefined when the filter is not shared. */
export function parseShared(filter: string): SharedFilter | undefined {
  if (!filter.startsWith(sharePrefix)) return undefined;
  const slash = filter.indexOf('/', sharePrefix.length);
  if (slash < 0) return undefined;
  return { group: filter.slice(sharePrefix.length, slash), filter: filter.slice(slash + 1) };
}

function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** Length and depth; the prefixes `$aws/rules/<rule>/` and `$share/<group>/` do not count. */
export function sizeFlaw(topic: string): string | undefined {
  const counted = withoutExemptPrefix(topic);
  if (Buffer.byteLength(counted) > limits.topicBytesMax) {
    return `topic longer than ${limits.topicBytesMax} bytes`;
  }
  let slashes = 0;
  for (let at = counted.indexOf('/'); at >= 0; at = counted.indexOf('/', at + 1)) slashes++;
  if (slashes > limits.topicSlashesMax) {
    return `topic with more than ${limits.topicSlashesMax} slashes`;
  }
  return undefined;
}

function withoutExemptPrefix(topic: string): string {
  for (const prefix of [rulesPrefix, sharePrefix]) {
    if (!topic.startsWith(prefix)) continue;
    const slash = topic.indexOf('/', prefix.length);
    return slash < 0 ? topic : topic.slice(slash + 1);
  }
  return topic;
}

function isPlainFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !hasWildcard(level);
  });
}
