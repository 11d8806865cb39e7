import type { IncomingHttpHeaders } from 'node:http';

/** Headers as they are signed: one text by each lower-case name. */
export function headerValues(headers: IncomingHttpHeaders): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) values[name] = String(value);
  }
  return values;
}
