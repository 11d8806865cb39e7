import type { z } from 'zod';
import { closest, suggestion } from '../base/suggest.ts';
import { type Finding, finding, type Path, pathText } from './problem.ts';
import { Scenario } from './schema.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Everything in which `value` departs from the schema. */
export function checkShape(value: unknown): Finding[] {
  const result = Scenario.safeParse(value, { reportInput: true });
  if (result.success) return [];
  const { issues } = result.error;
  return issues
    .filter((issue) => !isEcho(issue, issues))
    .flatMap((issue) => findingsOf(issue, issue.path as Path));
}

/** A rule about a whole mapping says nothing new when a key of that mapping is misspelt. */
function isEcho(issue: Issue, issues: readonly Issue[]): boolean {
  const path = pathText(issue.path as Path);
  return (
    issue.code === 'custom' &&
    issues.some(
      (other) => other.code === 'unrecognized_keys' && pathText(other.path as Path) === path,
    )
  );
}

function findingsOf(issue: Issue, path: Path): Finding[] {
  const name = path.length === 0 ? 'the scenario' : pathText(path);
  const say = (message: string, hint?: string) => [
    finding(path, `${name}: ${message}`, { hint: hint ?? exampleHint(path) }),
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        finding([...path, key], `unknown key "${key}"`, {
          at: 'key',
          hint: suggestion(key, keysAt(path)),
        }),
      );
    case 'invalid_type':
      if (issue.input === undefined) {
        return [finding(path, `${name} is missing`, { hint: exampleHint(path) })];
      }
      return lacksUnit(issue, path)
        ? say(`${issue.input} has no unit`)
        : say(`expected ${typeNames[issue.expected] ?? issue.expected}, not ${show(issue.input)}`);
    case 'invalid_value':
      return say(
        `expected one of ${issue.values.join(', ')}; not ${show(issue.input)}`,
        nearHint(issue.input, issue.values),
      );
    case 'invalid_union':
      return unionFindings(issue, path);
    case 'too_small':
      return say(`must be ${sizeText(issue.origin, 'at least', Number(issue.minimum))}`);
    case 'too_big':
      return say(`must be ${sizeText(issue.origin, 'at most', Number(issue.maximum))}`);
    default:
      return say(issue.message);
  }
}

/** Of the ways a value could be meant, the one it comes nearest to; all of them when it fits none. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path): Finding[] {
  const isOfType = (branch: readonly Issue[]) =>
    branch.every(({ code, path: at }) => at.length > 0 || !isTypeIssue(code));
  const branch = issue.errors.find((issues) => isOfType(issues));
  if (branch !== undefined) {
    return branch.flatMap((inner) => findingsOf(inner, [...path, ...(inner.path as Path)]));
  }
  const ways = issue.errors.flat().map((inner) => {
    if (inner.code === 'invalid_type') return typeNames[inner.expected] ?? inner.expected;
    return inner.code === 'invalid_value' ? inner.values.join(', ') : inner.message;
  });
  const words = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []));
  const input = issue.errors[0]?.[0]?.input;
  const message = `${pathText(path)}: expected ${[...new Set(ways)].join(' or ')}, not ${show(input)}`;
  return [finding(path, message, { hint: nearHint(input, words) ?? exampleHint(path) })];
}

function isTypeIssue(code: Issue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
};

function sizeText(origin: string, bound: string, size: number): string {
  if (origin === 'array') return `a list of ${bound} ${size}`;
  if (origin === 'string') return `${bound} ${size} characters long`;
  return `${bound} ${size.toLocaleString('en')}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return value === null || value === undefined ? 'nothing' : String(value);
}

function nearHint(input: unknown, words: readonly unknown[]): string | undefined {
  const near = closest(String(input), words.map(String));
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** A plain number where a quantity with a unit is wanted. */
function lacksUnit(issue: Extract<Issue, { code: 'invalid_type' }>, path: Path): boolean {
  const isNumber = typeof issue.input === 'number';
  return isNumber && issue.expected === 'string' && exampleHint(path) !== undefined;
}

function exampleHint(path: Path): string | undefined {
  const examples = schemasAt(path).flatMap((schema) => examplesOf(schema));
  return examples.length === 0 ? undefined : `write for example ${examples.join(', ')}`;
}

/** Every key a mapping at `path` may have. */
function keysAt(path: Path): string[] {
  return schemasAt(path).flatMap((schema) => {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
}

/** The schemas a value at `path` may follow, wrappers peeled off. */
function schemasAt(path: Path): Schema[] {
  return path.reduce<Schema[]>(
    (schemas, part) => schemas.flatMap((schema) => childrenOf(schema, part)).flatMap(peel),
    peel(Scenario),
  );
}

function childrenOf(schema: Schema, part: string | number): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      const child = def.shape[part];
      return child === undefined ? [] : [child];
    }
    case 'array':
      return [def.element];
    case 'tuple':
      return def.items.slice(Number(part), Number(part) + 1) as Schema[];
    case 'record':
      return [def.valueType];
    default:
      return [];
  }
}

/** A schema without its defaults and transformations; all members of a union. */
function peel(schema: Schema): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
      return peel(def.innerType);
    case 'pipe':
      return examplesOf(schema).length > 0 ? [schema] : peel(def.in);
    case 'union':
      return def.options.flatMap(peel);
    default:
      return [schema];
  }
}

function examplesOf(schema: Schema): string[] {
  const { examples } = (schema as z.ZodType).meta() ?? {};
  return Array.isArray(examples) ? examples.map(String) : [];
}
