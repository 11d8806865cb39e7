/** As much of JSON Schema (draft 7) as zod writes for a scenario. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** Markdown rows `field | type | default | meaning` for every field below `schema`, dotted. */
export function fieldTable(schema: JsonSchema, prefix = ''): string {
  const rows = [...fieldRows(schema, prefix)];
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function* fieldRows(schema: JsonSchema, prefix: string): Generator<string> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const standard = isRequired ? '**required**' : defaultText(field);
    yield `| \`${path}\` | ${typeText(field)} | ${standard} | ${cell(field.description ?? '')} |`;
    yield* nestedRows(field, path);
  }
}

function* nestedRows(field: JsonSchema, path: string): Generator<string> {
  yield* fieldRows(field, `${path}.`);
  for (const option of field.anyOf ?? []) yield* fieldRows(option, `${path}.`);
  if (field.items !== undefined && !Array.isArray(field.items)) {
    yield* fieldRows(field.items as JsonSchema, `${path}[].`);
  }
}

function typeText(field: JsonSchema): string {
  const reference = referenceOf(field);
  if (reference !== undefined) return `[${reference}](#${reference.toLowerCase()})`;
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((each) => `\`${String(each)}\``).join(' or ');
  if (field.anyOf !== undefined) {
    return [...new Set(field.anyOf.map(typeText))].join(' or ');
  }
  if (field.type === 'array') {
    const item = Array.isArray(field.items) ? undefined : (field.items as JsonSchema | undefined);
    return item === undefined ? 'list' : `list of ${typeText(item)}`;
  }
  return `${field.type === 'object' ? 'mapping' : (field.type ?? 'any')}${rangeText(field)}`;
}

function rangeText({ minimum, maximum }: JsonSchema): string {
  if (minimum === undefined || maximum === undefined) return '';
  return Math.abs(maximum) >= Number.MAX_SAFE_INTEGER ? '' : ` ${minimum} to ${maximum}`;
}

function referenceOf({ $ref, allOf }: JsonSchema): string | undefined {
  return ($ref ?? allOf?.find((each) => each.$ref !== undefined)?.$ref)?.split('/').at(-1);
}

function defaultText(field: JsonSchema): string {
  if (field.default === undefined) return '';
  return `\`${typeof field.default === 'string' ? field.default : JSON.stringify(field.default)}\``;
}

export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
