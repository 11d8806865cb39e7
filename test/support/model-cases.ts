import type { Member, Operation, PlaneModel, Shape } from '../../src/protocol/validation.ts';

/** One request made from the model, with one thing wrong in it, or just at its limit. */
export interface ModelCase {
  readonly title: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What follows "Member must", or undefined where the value is still allowed. */
  readonly refusal: string | undefined;
  /** The member at fault, as AWS's message names it. */
  readonly path: string;
}

type Input = Record<string, unknown>;

/** Every case the constraints of an operation's input call for: each member, each side of each limit. */
export function* modelCases(model: PlaneModel, operation: Operation): Generator<ModelCase> {
  const base = sampleOf(model, operation.input) as Input;
  const shape = shapeOf(model, operation.input);
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    if (shape.required?.includes(name) && member.location !== 'uri') {
      const { [name]: _, ...input } = base;
      yield { title: `${name} missing`, input, refusal: 'not be null', path: name };
    }
    for (const { title, value, refusal, path } of valueCases(model, member, name)) {
      // A path segment cannot be empty: that would be another route.
      if (member.location === 'uri' && value === '') continue;
      yield { title, input: { ...base, [name]: value }, refusal, path };
    }
  }
}

interface ValueCase {
  readonly title: string;
  readonly value: unknown;
  readonly refusal: string | undefined;
  readonly path: string;
}

function* valueCases(
  model: PlaneModel,
  member: Member,
  path: string,
  depth = 0,
): Generator<ValueCase> {
  const shape = shapeOf(model, member.shape);
  switch (shape.type) {
    case 'string':
      yield* stringCases(shape, path);
      return;
    case 'integer':
    case 'long':
    case 'double':
      yield* numberCases(shape, path);
      return;
    case 'structure':
      if (depth < 4) yield* structureCases(model, member.shape, path, depth);
      return;
    case 'list':
      yield* listCases(model, shape, path, depth);
      return;
    default:
      return;
  }
}

function* stringCases(shape: Shape, path: string): Generator<ValueCase> {
  if (shape.enum !== undefined) {
    const refusal = `satisfy enum value set: [${shape.enum.join(', ')}]`;
    yield { title: `${path} outside its enum`, value: 'NO_SUCH_VALUE', refusal, path };
    for (const value of shape.enum) {
      yield { title: `${path} = ${value}`, value, refusal: undefined, path };
    }
    return;
  }
  const fill = characterOf(shape.pattern);
  const { min = 0, max } = shape;
  // Times and cron expressions have a form of their own (reference §5): only refusals can be made of letters.
  const isTime = /\.(startTime|endTime)$/.test(path);
  // Documents and the like are far above what a request may hold otherwise; their limits have tests of their own.
  if (max !== undefined && max <= 4096 && isFillable(shape.pattern)) {
    if (!isTime)
      yield { title: `${path} at max`, value: fill.repeat(max), refusal: undefined, path };
    const refusal = `have length less than or equal to ${max}`;
    yield { title: `${path} above max`, value: fill.repeat(max + 1), refusal, path };
  }
  if (min > 0 && isFillable(shape.pattern)) {
    if (!isTime)
      yield { title: `${path} at min`, value: fill.repeat(min), refusal: undefined, path };
    const refusal = `have length greater than or equal to ${min}`;
    yield { title: `${path} below min`, value: fill.repeat(min - 1), refusal, path };
  }
  const foreign = foreignTo(shape.pattern);
  if (shape.pattern !== undefined && foreign !== undefined) {
    const value = foreign.repeat(Math.max(1, min));
    const refusal = `satisfy regular expression pattern: ${shape.pattern}`;
    yield { title: `${path} outside its pattern`, value, refusal, path };
  }
}

function* numberCases({ min, max }: Shape, path: string): Generator<ValueCase> {
  if (max !== undefined) {
    yield { title: `${path} at max`, value: max, refusal: undefined, path };
    const refusal = `have value less than or equal to ${max}`;
    yield { title: `${path} above max`, value: max + 1, refusal, path };
  }
  if (min !== undefined) {
    yield { title: `${path} at min`, value: min, refusal: undefined, path };
    const refusal = `have value greater than or equal to ${min}`;
    yield { title: `${path} below min`, value: Math.ceil(min) - 1, refusal, path };
  }
}

function* structureCases(
  model: PlaneModel,
  shapeName: string,
  path: string,
  depth: number,
): Generator<ValueCase> {
  const shape = shapeOf(model, shapeName);
  const base = sampleOf(model, shapeName) as Input;
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const inner = `${path}.${name}`;
    if (shape.required?.includes(name)) {
      const { [name]: _, ...value } = base;
      yield { title: `${inner} missing`, value, refusal: 'not be null', path: inner };
    }
    for (const each of valueCases(model, member, inner, depth + 1)) {
      yield { ...each, value: { ...base, [name]: each.value } };
    }
  }
}

function* listCases(
  model: PlaneModel,
  shape: Shape,
  path: string,
  depth: number,
): Generator<ValueCase> {
  if (shape.member === undefined) return;
  if (shape.min !== undefined && shape.min > 0) {
    const refusal = `have length greater than or equal to ${shape.min}`;
    yield { title: `${path} below min`, value: [], refusal, path };
  }
  if (shape.max !== undefined) {
    const value = Array.from({ length: shape.max + 1 }, () =>
      sampleOf(model, shape.member?.shape ?? ''),
    );
    const refusal = `have length less than or equal to ${shape.max}`;
    yield { title: `${path} above max`, value, refusal, path };
  }
  for (const each of valueCases(model, shape.member, `${path}.1.member`, depth + 1)) {
    yield { ...each, value: [each.value] };
  }
}

/** The least that satisfies a shape. */
function sampleOf(model: PlaneModel, shapeName: string): unknown {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((name) => [
          name,
          sampleOf(model, shape.members?.[name]?.shape ?? ''),
        ]),
      );
    case 'list':
      return Array.from({ length: shape.min ?? 0 }, () =>
        sampleOf(model, shape.member?.shape ?? ''),
      );
    case 'map':
      return {};
    case 'boolean':
      return true;
    case 'integer':
    case 'long':
    case 'double':
      return Math.ceil(shape.min ?? 1);
    default:
      return shape.enum?.[0] ?? stringSample(shape);
  }
}

function stringSample({ pattern, min = 1 }: Shape): string {
  if (pattern?.startsWith('^arn:')) return 'arn:aws:iot:us-east-1:123456789012:job/x';
  if (pattern === '^[1-9]+.[0-9]+') return '1.0';
  return characterOf(pattern).repeat(Math.max(1, min));
}

function isFillable(pattern: string | undefined): boolean {
  return pattern === undefined || !(pattern.startsWith('^arn:') || pattern === '^[1-9]+.[0-9]+');
}

/** A character that any number of is in the pattern. */
function characterOf(pattern: string | undefined): string {
  if (pattern === '[\\p{Upper}\\p{Digit}_]+') return 'A';
  if (pattern === '(0x)?[a-fA-F0-9]+' || pattern === '[0-9]+') return '1';
  return 'a';
}

/** A character that is not in the pattern, if there is one. */
function foreignTo(pattern: string | undefined): string | undefined {
  if (pattern === undefined || pattern === '[\\s\\S]*') return undefined;
  if (pattern === '[\\p{Upper}\\p{Digit}_]+') return 'a';
  return pattern.includes('\\p{C}') || pattern.includes('\\p{Graph}')
    ? '\u0007'
    : '!'.concat('\u0007').charAt(1);
}

function shapeOf(model: PlaneModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new TypeError(`no shape ${name} in the service model`);
  return shape;
}
