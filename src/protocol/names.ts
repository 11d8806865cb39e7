/** Where the simulated account lives; part of every ARN. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

export const defaultAccount: Account = {
  partition: 'aws',
  region: 'us-east-1',
  accountId: '123456789012',
};

/** Resource kinds; the last three are what policies name (reference §0.2). */
export type ArnKind =
  | 'thing'
  | 'thinggroup'
  | 'job'
  | 'jobtemplate'
  | 'cert'
  | 'policy'
  | 'client'
  | 'topic'
  | 'topicfilter';

export interface Arn extends Account {
  readonly kind: string;
  readonly name: string;
}

export function formatArn(account: Account, kind: ArnKind, name: string): string {
  return `arn:${account.partition}:iot:${account.region}:${account.accountId}:${kind}/${name}`;
}

/** Undefined when the text is not an ARN of AWS IoT. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]+):iot:([^:]*):([^:]*):([a-z]+)\/(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, partition = '', region = '', accountId = '', kind = '', name = ''] = match;
  return { partition, region, accountId, kind, name };
}

/** Without the prefix, if it has it. */
export function withoutPrefix(prefix: string, name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

const thingNamePattern = /^[a-zA-Z0-9:_-]{1,128}$/;

/** Reference §0.5; also the pattern of group names. */
export function isThingName(name: string): boolean {
  return thingNamePattern.test(name);
}

/** The name of thing `index` by a pattern: `pump-{index:05}` pads it with zeros to five digits, 128 at most. */
export function thingNameOf(pattern: string, index: number): string {
  return thingNamer(pattern)(index);
}

/** The same for many things. */
export function thingNamer(pattern: string): (index: number) => string {
  const place = /\{index(?::0?(\d+))?\}/.exec(pattern);
  if (place === null) return () => pattern;
  const before = pattern.slice(0, place.index);
  const after = pattern.slice(place.index + place[0].length);
  const width = Math.min(Number(place[1] ?? 0), 128);
  // Joined, not added: a sum would keep its parts, for as long as there is the thing.
  return (index) => [before, String(index).padStart(width, '0'), after].join('');
}
