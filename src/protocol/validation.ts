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
  const search: Search = { model, path: [], found: [] };
  walk(search, shapeName, value);
  return search.found;
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

/** One look through a value. Nearly all values break nothing, so places are put to paper only for those that do. */
interface Search {
  readonly model: PlaneModel;
  /** Where it is. */
  readonly path: (string | number)[];
  readonly found: Violation[];
}

function report({ found, path }: Search, value: unknown, constraint: string): void {
  found.push(violation([...path], value, constraint));
}

function walk(search: Search, shapeName: string, value: unknown): void {
  const shape = search.model.shapes[shapeName];
  if (shape === undefined) throw new TypeError(`no shape ${shapeName} in the service model`);
  const wanted = expectedType(shape, value);
  if (wanted !== undefined) {
    report(search, value, `be ${wanted}`);
    return;
  }
  switch (shape.type) {
    case 'structure':
      walkStructure(search, shape, value as Record<string, unknown>);
      return;
    case 'list':
      walkList(search, shape, value as unknown[]);
      return;
    case 'map':
      walkMap(search, shape, value as Record<string, unknown>);
      return;
    case 'string':
      checkString(search, shape, value as string);
      return;
    case 'integer':
    case 'long':
    case 'double':
      checkRange(search, shape, value as number);
      return;
    case 'boolean':
    case 'timestamp':
    case 'blob':
      return;
  }
}

/** One level down. */
function walkInto(search: Search, place: string | number, shapeName: string, value: unknown): void {
  search.path.push(place);
  walk(search, shapeName, value);
  search.path.pop();
}

function walkStructure(search: Search, shape: Shape, value: Record<string, unknown>): void {
  for (const { name, member, isRequired } of membersOf(shape)) {
    const item = value[name];
    if (item !== undefined && item !== null) {
      walkInto(search, name, member.shape, item);
    } else if (isRequired) {
      search.path.push(name);
      report(search, undefined, 'not be null');
      search.path.pop();
    }
  }
}

function walkList(search: Search, shape: Shape, items: readonly unknown[]): void {
  checkSize(search, shape, items.length, items);
  if (shape.member === undefined) return;
  for (const [index, item] of items.entries()) {
    walkInto(search, index, shape.member.shape, item);
  }
}

function walkMap(search: Search, shape: Shape, entries: Readonly<Record<string, unknown>>): void {
  for (const [key, item] of Object.entries(entries)) {
    if (shape.key) walkInto(search, key, shape.key.shape, key);
    if (shape.value) walkInto(search, key, shape.value.shape, item);
  }
}

function checkString(search: Search, shape: Shape, value: string): void {
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    report(search, value, `satisfy enum value set: [${shape.enum.join(', ')}]`);
    return;
  }
  checkSize(search, shape, value.length, value);
  if (shape.pattern !== undefined && !fullMatch(shape.pattern).test(value)) {
    report(search, value, `satisfy regular expression pattern: ${shape.pattern}`);
  }
}

function checkSize(search: Search, shape: Shape, size: number, value: unknown): void {
  if (shape.max !== undefined && size > shape.max) {
    report(search, value, `have length less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && size < shape.min) {
    report(search, value, `have length greater than or equal to ${shape.min}`);
  }
}

function checkRange(search: Search, shape: Shape, value: number): void {
  if (shape.max !== undefined && value > shape.max) {
    report(search, value, `have value less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && value < shape.min) {
    report(search, value, `have value greater than or equal to ${shape.min}`);
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

interface NamedMember {
  readonly name: string;
  readonly member: Member;
  readonly isRequired: boolean;
}

const listed = new WeakMap<Shape, readonly NamedMember[]>();

/** Members of a structure in the order of the model, which never changes: they are listed once. */
export function membersOf(shape: Shape): readonly NamedMember[] {
  let members = listed.get(shape);
  if (members === undefined) {
    members = Object.entries(shape.members ?? {}).map(([name, member]) => ({
      name,
      member,
      isRequired: shape.required?.includes(name) ?? false,
    }));
    listed.set(shape, members);
  }
  return members;
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
