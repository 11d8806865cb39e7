import type { IncomingHttpHeaders } from 'node:http';
import { type Member, membersOf, type PlaneModel, type Shape } from '../protocol/validation.ts';

/** A request taken apart; `body` is any JSON value, `{}` when there was none. */
export interface RequestParts {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Whether an operation takes members from the body at all; a body sent to others is not looked at. */
export function readsBody(model: PlaneModel, inputShape: string): boolean {
  return membersOf(shapeOf(model, inputShape)).some(({ member }) => member.location === undefined);
}

/**
 * Gathers an operation's input from path, query, headers and body as the model binds it (rest-json).
 * Members the model does not know and nulls are dropped; a value of the wrong type is kept as it
 * came, for validation to name.
 */
export function decodeInput(
  model: PlaneModel,
  inputShape: string,
  parts: RequestParts,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const body = isObject(parts.body) ? parts.body : {};
  for (const { name, member } of membersOf(shapeOf(model, inputShape))) {
    const value =
      member.location === undefined
        ? decodeJson(model, member.shape, body[name])
        : fromText(shapeOf(model, member.shape), textAt(name, member, parts));
    if (value !== undefined && value !== null) input[name] = value;
  }
  return input;
}

/**
 * An operation's output as JSON text. Members of type `timestamp` come in milliseconds and leave as
 * seconds with millisecond precision (reference §0.1); unset members are left out.
 */
export function encodeOutput(model: PlaneModel, outputShape: string, output: object): string {
  return JSON.stringify(encodeJson(model, outputShape, output));
}

function textAt(name: string, member: Member, parts: RequestParts): string | undefined {
  const wireName = member.locationName ?? name;
  switch (member.location) {
    case 'uri':
      return parts.labels[wireName];
    case 'querystring':
      return parts.query.get(wireName) ?? undefined;
    default: {
      const header = parts.headers[wireName.toLowerCase()];
      return typeof header === 'string' ? header : header?.[0];
    }
  }
}

function fromText(shape: Shape, text: string | undefined): unknown {
  switch (shape.type) {
    case 'integer':
    case 'long':
      return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
    case 'boolean':
      if (text === 'true') return true;
      return text === 'false' ? false : text;
    default:
      return text;
  }
}

function decodeJson(model: PlaneModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'list' && shape.member !== undefined && Array.isArray(value)) {
    const itemShape = shape.member.shape;
    return value.map((item) => decodeJson(model, itemShape, item));
  }
  if (!isObject(value)) return value;
  if (shape.type === 'structure') {
    return fromPresent(
      membersOf(shape).map(({ name, member }) => [
        name,
        decodeJson(model, member.shape, value[name]),
      ]),
    );
  }
  if (shape.type === 'map') return fromPresent(Object.entries(value));
  return value;
}

function encodeJson(model: PlaneModel, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure': {
      const source = value as Record<string, unknown>;
      const encoded: Record<string, unknown> = {};
      for (const { name, member } of membersOf(shape)) {
        const item = source[name];
        if (item !== undefined) encoded[name] = encodeJson(model, member.shape, item);
      }
      return encoded;
    }
    case 'list': {
      const itemShape = shape.member?.shape ?? '';
      return (value as unknown[]).map((item) => encodeJson(model, itemShape, item));
    }
    case 'map': {
      const itemShape = shape.value?.shape ?? '';
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [
          key,
          encodeJson(model, itemShape, item),
        ]),
      );
    }
    case 'timestamp':
      return Math.floor(value as number) / 1000;
    default:
      return value;
  }
}

function shapeOf(model: PlaneModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new TypeError(`no shape ${name} in the service model`);
  return shape;
}

/** Own properties only, whatever their names: `__proto__` is a name like any other here. */
function fromPresent(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
