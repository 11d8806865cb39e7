/** One shape of the AWS service model, with the constraints AWS documents on it. */
export interface Shape {
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'double'
    | 'timestamp'
    | 'blob';
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly sensitive?: boolean;
  readonly error?: { readonly httpStatusCode: number };
}

export interface Member {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

export interface Operation {
  readonly method: string;
  readonly uri: string;
  readonly input: string;
  readonly output?: string;
  readonly errors: readonly string[];
}

export interface PlaneModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** One broken constraint: where it is in the request and AWS's sentence about it. */
export interface Violation {
  readonly path: readonly (string | number)[];
  /** From "Value …" on, as the service phrases it. */
  readonly message: string;
}

/** Every constraint of `shapeName` that `value` breaks, in the order of the model's members. */
export function findViolations(model: PlaneModel, shapeName: string, value: unknown): Violation[] {
  return [...walk(model, shapeName, value, [])];
}

/** The one sentence AWS answers with: all violations, counted. */
export function violationMessage(violations: readonly Violation[]): string {
  const noun = violations.length === 1 ? 'validation error' : 'validation errors';
  const texts = violations.map(({ message }) => message).join('; ');
  return `${violations.length} ${noun} detected: ${texts}`;
}

/** A violation phrased as the service phrases it. `constraint` follows "Member must ". */
export function violation(
  path: readonly (string | number)[],
  value: unknown,
  constraint: string,
): Violation {
  const shown = value === undefined || value === null ? 'null' : `'${display(value)}'`;
  return {
    path,
    message: `Value ${shown} at '${pathText(path)}' failed to satisfy constraint: Member must ${constraint}`,
  };
}

function* walk(
  model: PlaneModel,
  shapeName: string,
  value: unknown,
  path: readonly (string | number)[],
): Generator<Violation> {
  const shape = model.shapes[shapeName];
  if (shape === undefined) throw new TypeError(`no shape ${shapeName} in the service model`);
  const wanted = expectedType(shape, value);
  if (wanted !== undefined) {
    yield violation(path, value, `be ${wanted}`);
    return;
  }
  switch (shape.type) {
    case 'structure':
      yield* walkStructure(model, shape, value as Record<string, unknown>, path);
      return;
    case 'list':
      yield* walkList(model, shape, value as unknown[], path);
      return;
    case 'map':
      yield* walkMap(model, shape, value as Record<string, unknown>, path);
      return;
    case 'string':
      yield* stringViolations(shape, value as string, path);
      return;
    case 'integer':
    case 'long':
    case 'double':
      yield* rangeViolations(shape, value as number, path);
      return;
    case 'boolean':
    case 'timestamp':
    case 'blob':
      return;
  }
}

function* walkStructure(
  model: PlaneModel,
  shape: Shape,
  value: Record<string, unknown>,
  path: readonly (string | number)[],
): Generator<Violation> {
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const item = value[name];
    if (item !== undefined && item !== null) {
      yield* walk(model, member.shape, item, [...path, name]);
    } else if (shape.required?.includes(name)) {
      yield violation([...path, name], undefined, 'not be null');
    }
  }
}

function* walkList(
  model: PlaneModel,
  shape: Shape,
  items: readonly unknown[],
  path: readonly (string | number)[],
): Generator<Violation> {
  yield* sizeViolations(shape, items.length, items, path);
  if (shape.member === undefined) return;
  for (const [index, item] of items.entries()) {
    yield* walk(model, shape.member.shape, item, [...path, index]);
  }
}

function* walkMap(
  model: PlaneModel,
  shape: Shape,
  entries: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
): Generator<Violation> {
  for (const [key, item] of Object.entries(entries)) {
    if (shape.key) yield* walk(model, shape.key.shape, key, [...path, key]);
    if (shape.value) yield* walk(model, shape.value.shape, item, [...path, key]);
  }
}

function* stringViolations(
  shape: Shape,
  value: string,
  path: readonly (string | number)[],
): Generator<Violation> {
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    yield violation(path, value, `satisfy enum value set: [${shape.enum.join(', ')}]`);
    return;
  }
  yield* sizeViolations(shape, value.length, value, path);
  if (shape.pattern !== undefined && !fullMatch(shape.pattern).test(value)) {
    yield violation(path, value, `satisfy regular expression pattern: ${shape.pattern}`);
  }
}

function* sizeViolations(
  shape: Shape,
  size: number,
  value: unknown,
  path: readonly (string | number)[],
): Generator<Violation> {
  if (shape.max !== undefined && size > shape.max) {
    yield violation(path, value, `have length less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && size < shape.min) {
    yield violation(path, value, `have length greater than or equal to ${shape.min}`);
  }
}

function* rangeViolations(
  shape: Shape,
  value: number,
  path: readonly (string | number)[],
): Generator<Violation> {
  if (shape.max !== undefined && value > shape.max) {
    yield violation(path, value, `have value less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && value < shape.min) {
    yield violation(path, value, `have value greater than or equal to ${shape.min}`);
  }
}

/** What the value should have been, or undefined when its type is right. */
function expectedType(shape: Shape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'structure':
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? undefined
        : 'an object';
    case 'list':
      return Array.isArray(value) ? undefined : 'a list';
    case 'string':
    case 'blob':
      return typeof value === 'string' ? undefined : 'a string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'a boolean';
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value) ? undefined : 'an integer';
    case 'double':
    case 'timestamp':
      return Number.isFinite(value) ? undefined : 'a number';
  }
}

const compiled = new Map<string, RegExp>();

/** The service matches whole values although the model does not anchor its (Java) patterns. */
function fullMatch(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .replaceAll('\\p{Graph}', '[^\\p{Z}\\p{C}]')
      .replaceAll('[[^\\p{Z}\\p{C}]\\x20]', '(?:[^\\p{Z}\\p{C}]|\\x20)')
      .replaceAll('\\p{Upper}', 'A-Z')
      .replaceAll('\\p{Digit}', '0-9');
    expression = new RegExp(`^(?:${source})$`, 'u');
    compiled.set(pattern, expression);
  }
  return expression;
}

/** `abortConfig.criteriaList.1.member.action`: list places count from 1, as in AWS's messages. */
function pathText(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : part)).join('.');
}

function display(value: unknown): string {
  const text = typeof value === 'string' ? value : jsonText(value);
  return text.length > 256 ? `${text.slice(0, 256)}…` : text;
}

/** JSON that can be read can still be nested too deep to be written. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '…';
  }
}
