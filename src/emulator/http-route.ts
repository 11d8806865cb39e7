import { controlPlane, dataPlane } from '../protocol/service-model.ts';
import type { Operation, PlaneModel } from '../protocol/validation.ts';

export type Plane = 'control' | 'data';

export const planeModels: Readonly<Record<Plane, PlaneModel>> = {
  control: controlPlane,
  data: dataPlane,
};

interface Route {
  readonly plane: Plane;
  readonly name: string;
  readonly operation: Operation;
}

export interface RouteMatch {
  readonly route: Route;
  /** The percent-decoded values of the pattern's `{labels}`. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Method and number of segments tell nearly all routes apart; what is left is compared in turn. */
const patterns = new Map<string, Pattern[]>();

for (const plane of ['control', 'data'] as const) {
  for (const [name, operation] of Object.entries(planeModels[plane].operations)) {
    const segments = operation.uri.split('/').slice(1);
    const key = patternKey(plane, operation.method, segments.length);
    const siblings = patterns.get(key) ?? [];
    siblings.push({ route: { plane, name, operation }, segments });
    // A literal wins over a label in the same place.
    siblings.sort((a, b) => labelCount(a) - labelCount(b));
    patterns.set(key, siblings);
  }
}

/**
 * Finds the operation a request line names, by the `uri` patterns of the service model. Throws
 * URIError when a segment is not validly percent-encoded.
 */
export function matchRoute(plane: Plane, method: string, path: string): RouteMatch | undefined {
  const segments = path.split('/').slice(1);
  const candidates = patterns.get(patternKey(plane, method, segments.length));
  if (candidates === undefined) return undefined;
  const decoded = segments.map(decodeURIComponent);
  for (const { route, segments: wanted } of candidates) {
    const labels = matchSegments(wanted, decoded);
    if (labels !== undefined) return { route, labels };
  }
  return undefined;
}

/**
 * Which plane a request is for: the service in the SigV4 credential scope says so; unsigned requests
 * go by the host name (reference §7.1). Undefined when neither tells.
 */
export function planeOf(authorization: string | undefined, host: string): Plane | undefined {
  const service = /Credential=[^/,]+\/\d+\/[^/,]*\/([^/,]+)\//.exec(authorization ?? '')?.[1];
  if (service !== undefined) return service === 'iot-jobs-data' ? 'data' : 'control';
  return /^[^.]+(\.jobs|-ats)\.iot\./.test(host) ? 'data' : undefined;
}

function patternKey(plane: Plane, method: string, segmentCount: number): string {
  return `${plane} ${method} ${segmentCount}`;
}

function labelCount({ segments }: Pattern): number {
  return segments.filter(isLabel).length;
}

function isLabel(segment: string): boolean {
  return segment.startsWith('{');
}

function matchSegments(
  wanted: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, pattern] of wanted.entries()) {
    const segment = segments[index] ?? '';
    if (isLabel(pattern) && segment !== '') labels[pattern.slice(1, -1)] = segment;
    else if (pattern !== segment) return undefined;
  }
  return labels;
}
