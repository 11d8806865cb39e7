import { closest, suggestion } from '../base/suggest.ts';
import {
  type CreateJobRequest,
  findCreateJobViolations,
  findUpdateJobViolations,
  type JobSettings,
} from '../protocol/job-config.ts';
import { defaultAccount, formatArn, parseArn } from '../protocol/names.ts';
import { controlPlane } from '../protocol/service-model.ts';
import type { Violation } from '../protocol/validation.ts';
import type { JobTarget } from './plan.ts';
import { type Finding, finding, type Path } from './problem.ts';

/** What a job may refer to. */
export interface JobContext {
  readonly isEmulator: boolean;
  readonly fleetGroup: string | undefined;
  readonly groups: readonly string[];
  readonly isThing: (name: string) => boolean;
}

export interface JobRequest {
  readonly request: CreateJobRequest;
  readonly targets: readonly JobTarget[];
  readonly findings: readonly Finding[];
}

/** Members the emulator takes but does not act on yet. */
const unmodelled = ['documentSource', 'jobTemplateArn', 'documentParameters'];

/**
 * Reads what is written under `create`: AWS's CreateJob request, where targets may be names and the
 * document a mapping. Findings carry the service's own words. The request's targets are ARNs in the
 * default account; `targets` is what the run resolves in the account it finds.
 */
export function readCreateJob(
  create: Readonly<Record<string, unknown>>,
  path: Path,
  context: JobContext,
): JobRequest {
  const { findings, targets } = readTargets(create['targets'], [...path, 'targets'], context);
  const request = {
    ...create,
    targets: targets?.map(arnOf) ?? create['targets'],
    ...('document' in create ? { document: documentText(create['document']) } : {}),
  };
  const job = request as unknown as CreateJobRequest;
  const violations = findCreateJobViolations(job);
  return {
    request: job,
    targets: targets ?? [],
    findings: [
      ...findings,
      ...unknownMembers('CreateJobRequest', request, path),
      ...violations.map((violation) => fromViolation(violation, path)),
      ...(context.isEmulator ? warnUnmodelled(create, path) : []),
    ],
  };
}

/** The same for `updateJob`; whether the job exists is checked elsewhere. */
export function checkUpdateJob(update: Readonly<Record<string, unknown>>, path: Path): Finding[] {
  return [
    ...unknownMembers('UpdateJobRequest', update, path),
    ...findUpdateJobViolations(update).map((violation) => fromViolation(violation, path)),
  ];
}

/** A valid `updateJob`, its settings without the id. */
export function splitUpdateJob(update: Readonly<Record<string, unknown>>): {
  readonly jobId: string;
  readonly settings: JobSettings;
} {
  const { jobId, ...settings } = update;
  return { jobId: String(jobId), settings: settings as JobSettings };
}

function documentText(document: unknown): unknown {
  return typeof document === 'string' || document === null ? document : JSON.stringify(document);
}

/** `targets` is undefined where nothing readable is written, so that the service's check speaks. */
function readTargets(
  written: unknown,
  path: Path,
  context: JobContext,
): { readonly targets?: JobTarget[]; readonly findings: Finding[] } {
  if (written === undefined && context.fleetGroup !== undefined) {
    return { targets: [{ kind: 'group', name: context.fleetGroup }], findings: [] };
  }
  if (!Array.isArray(written)) return { findings: [] };
  const findings: Finding[] = [];
  const targets = written.map((item: unknown, index): JobTarget => {
    const target = readTarget(item, context);
    if (typeof target === 'object' && 'kind' in target) {
      findings.push(...checkTarget(target, [...path, index], context));
      return target;
    }
    findings.push(finding([...path, index], target.message, { hint: target.hint }));
    return { kind: 'group', name: 'unreadable' };
  });
  return { targets, findings };
}

type Unreadable = { readonly message: string; readonly hint?: string | undefined };

function readTarget(item: unknown, context: JobContext): JobTarget | Unreadable {
  if (typeof item === 'string') return readTargetText(item, context);
  const entries = typeof item === 'object' && item !== null ? Object.entries(item) : [];
  const [kind, name] = entries[0] ?? [];
  if (entries.length === 1 && typeof name === 'string' && (kind === 'group' || kind === 'thing')) {
    return { kind, name };
  }
  return {
    message: 'not a target',
    hint: 'write { group: name }, { thing: name } or an ARN',
  };
}

function readTargetText(text: string, { groups, isThing, isEmulator }: JobContext) {
  if (!text.startsWith('arn:')) {
    if (groups.includes(text)) return { kind: 'group', name: text } as const;
    if (isThing(text)) return { kind: 'thing', name: text } as const;
    return {
      message: `this scenario has no group or thing "${text}"`,
      hint: suggestion(text, groups),
    };
  }
  const arn = parseArn(text);
  if (arn === undefined || (arn.kind !== 'thing' && arn.kind !== 'thinggroup')) {
    return { message: `"${text}" is not the ARN of a thing or a thing group` };
  }
  if (!isEmulator) return { kind: 'arn', arn: text } as const;
  // Our emulator has one account: pasted requests mean the group or thing of that name in it.
  return { kind: arn.kind === 'thing' ? 'thing' : 'group', name: arn.name } as const;
}

function checkTarget(target: JobTarget, path: Path, context: JobContext): Finding[] {
  if (target.kind === 'arn') return [];
  const isKnown =
    target.kind === 'group' ? context.groups.includes(target.name) : context.isThing(target.name);
  if (isKnown) return [];
  const hint = target.kind === 'group' ? suggestion(target.name, context.groups) : undefined;
  return [finding(path, `this scenario has no ${target.kind} "${target.name}"`, { hint })];
}

function arnOf(target: JobTarget): string {
  if (target.kind === 'arn') return target.arn;
  return formatArn(defaultAccount, target.kind === 'group' ? 'thinggroup' : 'thing', target.name);
}

function fromViolation({ path: at, message }: Violation, path: Path): Finding {
  const [, given = '', choices] = /^Value '(.*?)' .*enum value set: \[(.*)\]$/.exec(message) ?? [];
  const near = choices === undefined ? undefined : closest(given, choices.split(', '));
  return finding([...path, ...at], message, {
    hint: near === undefined ? undefined : `did you mean ${near}?`,
  });
}

/** The service ignores members it does not know; in a scenario they are misspellings. */
function unknownMembers(shapeName: string, value: unknown, path: Path): Finding[] {
  const shape = controlPlane.shapes[shapeName];
  if (shape?.type === 'list' && shape.member !== undefined && Array.isArray(value)) {
    const { shape: inner } = shape.member;
    return value.flatMap((item, index) => unknownMembers(inner, item, [...path, index]));
  }
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (shape?.type !== 'structure' || !isMapping) return [];
  const members = shape.members ?? {};
  return Object.entries(value).flatMap(([key, item]) => {
    const member = Object.hasOwn(members, key) ? members[key] : undefined;
    if (member !== undefined) return unknownMembers(member.shape, item, [...path, key]);
    const hint = suggestion(key, Object.keys(members));
    return [finding([...path, key], `unknown key "${key}"`, { at: 'key', hint })];
  });
}

function warnUnmodelled(create: Readonly<Record<string, unknown>>, path: Path): Finding[] {
  return unmodelled
    .filter((name) => create[name] !== undefined)
    .map((name) =>
      finding([...path, name], `the emulator does not act on ${name} yet`, {
        severity: 'warning',
        at: 'key',
      }),
    );
}
