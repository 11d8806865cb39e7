import type { LoadedScenario } from './load.ts';
import type { Path } from './problem.ts';
import { scenarioJsonSchema } from './schema.ts';

/** One value that a scenario comes to, and who says so. */
export interface SettingInForce {
  /** As `--set` takes it: `fleet.cohorts.0.share`. */
  readonly path: string;
  readonly value: string;
  /** `rollout.yaml:12`, `--set`, `FLEETRIG_SEED`, or `default`. */
  readonly origin: string;
}

/** As much of the scenario's JSON Schema as says what stands where nothing is written. */
interface Shape {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Shape>>;
}

/** Every value in the order it was written, and behind those of a mapping the defaults of the rest of it. */
export function settingsInForce(
  loaded: Pick<LoadedScenario, 'resolved' | 'positionOf'>,
): SettingInForce[] {
  const schema = scenarioJsonSchema() as Shape;
  const shapeOf = (shape: Shape | undefined) => plainShape(shape, schema.definitions ?? {});
  const written = (path: Path, value: unknown, shape: Shape | undefined): SettingInForce[] => {
    if (isMapping(value)) {
      const { properties = {} } = shapeOf(shape);
      return [
        ...Object.entries(value).flatMap(([key, member]) =>
          written([...path, key], member, properties[key]),
        ),
        ...unwritten(path, value, properties),
      ];
    }
    if (Array.isArray(value) && value.some(isMapping)) {
      const { items } = shapeOf(shape);
      return value.flatMap((item: unknown, index) => written([...path, index], item, items));
    }
    return [{ path: path.join('.'), value: textOf(value), origin: originOf(path, loaded) }];
  };
  const unwritten = (
    path: Path,
    value: Readonly<Record<string, unknown>>,
    properties: Readonly<Record<string, Shape>>,
  ): SettingInForce[] =>
    Object.entries(properties)
      .filter(([key, { default: standard }]) => value[key] === undefined && standard !== undefined)
      .flatMap(([key, shape]) => byDefault([...path, key], shape));
  const byDefault = (path: Path, shape: Shape): SettingInForce[] => {
    const { properties } = shapeOf(shape);
    return properties !== undefined && isMapping(shape.default)
      ? unwritten(path, {}, properties)
      : [{ path: path.join('.'), value: textOf(shape.default), origin: 'default' }];
  };
  return written([], loaded.resolved, schema);
}

/** References followed, and of alternatives the one that is a mapping. */
function plainShape(shape: Shape | undefined, definitions: Readonly<Record<string, Shape>>): Shape {
  if (shape === undefined) return {};
  const [only] = shape.allOf ?? [];
  const reference = shape.$ref ?? only?.$ref;
  if (reference !== undefined) {
    return plainShape(definitions[reference.split('/').at(-1) ?? ''], definitions);
  }
  const mapping = shape.anyOf?.find(({ properties }) => properties !== undefined);
  return mapping ?? shape;
}

/** A flag or a variable has no lines; a file has. */
function originOf(path: Path, { positionOf }: Pick<LoadedScenario, 'positionOf'>): string {
  const { file, line } = positionOf(path);
  return /^(--|FLEETRIG_)/.test(file) ? file : `${file}:${line}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
