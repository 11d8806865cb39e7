import { parseDuration } from '../../src/base/duration.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Command, Effect } from '../../src/engine/commands.ts';
import { describeExecution, getPending } from '../../src/engine/device-queries.ts';
import { Engine } from '../../src/engine/engine.ts';
import { describeJob, type JobDescription } from '../../src/engine/job-queries.ts';
import { Dialect } from '../../src/protocol/dialect.ts';
import { eventTypes } from '../../src/protocol/events.ts';
import type { CreateJobRequest } from '../../src/protocol/job-config.ts';
import type { NotifyMessage, NotifyNextMessage } from '../../src/protocol/messages.ts';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';

/** Noon of a day: transcripts tell times from here. */
const noon = Date.UTC(2025, 0, 1, 12);

/**
 * Plays the commands of a transcript (lines that start with `>`) to an engine and returns the
 * transcript with every answer and every publication as it comes out now. Other lines of the old
 * answers are dropped; comments (`#`) and blank lines stay.
 */
export function playTranscript(text: string): string {
  const player = new Player();
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('>')) lines.push(line, ...player.play(line.slice(1).trim()));
    else if (line.startsWith('#') || line === '') lines.push(line);
  }
  return lines.join('\n');
}

class Player {
  #engine = newEngine({});
  #now = noon;

  /** One command: `<verb> <words…> <JSON with the rest>`. */
  play(line: string): string[] {
    const json = line.indexOf('{');
    const head = json < 0 ? line : line.slice(0, json);
    const [verb = '', ...words] = head.trim().split(/\s+/);
    const body = json < 0 ? {} : (JSON.parse(line.slice(json)) as Record<string, unknown>);
    switch (verb) {
      case 'dialect':
        this.#engine = newEngine(body);
        return [];
      case 'wait':
        return this.#wait(parseDuration(words[0] ?? '') ?? Number.NaN);
      case 'get':
        return [`  ${show(getPending(this.#engine.view, words[0] ?? ''))}`];
      case 'status': {
        const reply = describeJob(this.#engine.view, words[0] ?? '', this.#now);
        return [`  ${reply.ok ? statusText(reply.value.job) : show(reply.rejection)}`];
      }
      case 'describe': {
        const [thingName = '', jobId = ''] = words;
        const answer = describeExecution(this.#engine.view, thingName, jobId, body, this.#now);
        return [`  ${show(answer)}`];
      }
      default:
        return this.#submit(commandOf(verb, words, body));
    }
  }

  #submit(command: Command): string[] {
    const { reply, effects } = this.#engine.handle(command, this.#now);
    const answer = reply.ok ? show(reply.value ?? {}) : show(reply.rejection);
    return [
      `  ${reply.ok ? 'accepted' : 'rejected'} ${answer}`,
      ...this.#tell(effects),
      ...this.#wake(),
    ];
  }

  /** Runs everything due up to then, each at its own time. */
  #wait(ms: number): string[] {
    const until = this.#now + ms;
    const lines: string[] = [];
    for (;;) {
      const at = this.#engine.nextDeadline();
      if (at === undefined || at > until) break;
      this.#now = Math.max(this.#now, at);
      lines.push(...this.#tell(this.#engine.wake(this.#now), this.#now));
    }
    this.#now = until;
    return lines;
  }

  /** What is due at once belongs to the command that caused it. */
  #wake(): string[] {
    return this.#wait(0);
  }

  #tell(effects: readonly Effect[], at?: number): string[] {
    const stamp = at === undefined ? '' : ` ${new Date(at).toISOString().slice(11, 19)}`;
    return effects.map((effect) => `  *${stamp} ${effectText(effect)}`);
  }
}

function newEngine(dialect: object): Engine {
  return new Engine({
    account: defaultAccount,
    dialect: Dialect.parse(dialect),
    random: seededRandom('transcript'),
  });
}

function commandOf(verb: string, words: readonly string[], body: Record<string, unknown>): Command {
  const [first = '', second = ''] = words;
  const force = words.includes('force');
  switch (verb) {
    case 'thing':
      return { type: 'create-thing', thingName: first, attributes: {} };
    case 'delete-thing':
      return { type: 'delete-thing', thingName: first };
    case 'group':
      return {
        type: 'create-group',
        groupName: first,
        attributes: {},
        ...(second === '' ? {} : { parentGroupName: second }),
      };
    case 'join':
      return { type: 'join-group', thingName: first, groupName: second };
    case 'leave':
      return { type: 'leave-group', thingName: first, groupName: second };
    case 'events':
      return {
        type: 'configure-events',
        enabled: Object.fromEntries(eventTypes.map((type) => [type, true])),
      };
    case 'job':
      return { type: 'create-job', request: jobRequest(first, second, body) };
    case 'update-job':
      return { type: 'update-job', jobId: first, settings: body };
    case 'cancel-job':
      return { type: 'cancel-job', jobId: first, force, ...body };
    case 'delete-job':
      return { type: 'delete-job', jobId: first, force };
    case 'start-next':
      return { type: 'start-next', thingName: first, request: body };
    case 'update':
      return {
        type: 'update-execution',
        thingName: first,
        jobId: second,
        request: { status: words[2] ?? '', ...body },
      };
    case 'cancel':
      return { type: 'cancel-execution', thingName: first, jobId: second, force, ...body };
    case 'delete':
      return {
        type: 'delete-execution',
        thingName: first,
        jobId: second,
        executionNumber: Number(words[2]),
        force,
      };
    default:
      throw new Error(`no such verb in a transcript: ${verb}`);
  }
}

/** `job j1 t` is for thing t, `job j1 @g` for group g. */
function jobRequest(jobId: string, target: string, body: object): CreateJobRequest {
  const arn = target.startsWith('@')
    ? formatArn(defaultAccount, 'thinggroup', target.slice(1))
    : formatArn(defaultAccount, 'thing', target);
  return { jobId, targets: [arn], document: '{"operation":"test"}', ...body };
}

/** Status, whether concurrent, and the counters that are not 0. */
function statusText({ status, isConcurrent, jobProcessDetails }: JobDescription): string {
  const counts = Object.entries(jobProcessDetails).flatMap(([name, count]) =>
    typeof count === 'number' && count > 0
      ? [` ${/^numberOf(.*)Things$/.exec(name)?.[1]}=${count}`]
      : [],
  );
  return `${status}${isConcurrent ? ' concurrent' : ''}${counts.join('')}`;
}

function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'notify':
      return `notify${namespaceText(effect)} ${effect.thingName} ${listText(effect.message)}`;
    case 'notify-next':
      return `notify-next${namespaceText(effect)} ${effect.thingName} ${nextText(effect.message)}`;
    case 'event': {
      const { event } = effect;
      const whose = event.eventType === 'JOB' ? '' : ` ${event.thingArn.split('/')[1]}`;
      return `event ${event.jobId} ${event.operation}${whose} status=${event.status}`;
    }
  }
}

function namespaceText({ namespaceId }: { readonly namespaceId?: string }): string {
  return namespaceId === undefined ? '' : `/${namespaceId}`;
}

function listText({ jobs }: NotifyMessage): string {
  const lists = Object.entries(jobs).map(
    ([status, list]) =>
      `${status}[${list.map((each) => `${each.jobId}#${each.executionNumber} v${each.versionNumber}`).join(' ')}]`,
  );
  return lists.length === 0 ? '-' : lists.join(' ');
}

function nextText({ execution }: NotifyNextMessage): string {
  if (execution === undefined) return '-';
  const { jobId, executionNumber, status, versionNumber } = execution;
  return `${jobId}#${executionNumber} ${status} v${versionNumber}`;
}

/** JSON with members in order of name, without what every transcript would repeat: ids and the document. */
function show(value: unknown): string {
  const noise = new Set(['jobArn', 'thingArn', 'thingId', 'thingGroupArn', 'thingGroupId']);
  return JSON.stringify(value, (key, item) => {
    if (noise.has(key) || key === 'jobDocument' || key === 'ok') return undefined;
    if (/At$/.test(key) && typeof item === 'number') {
      return new Date(item * 1000).toISOString().slice(11, 19);
    }
    return isObject(item) ? Object.fromEntries(Object.entries(item).sort()) : item;
  });
}

function isObject(item: unknown): item is object {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}
