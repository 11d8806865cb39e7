import type { Logger } from '../../src/base/log.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A logger that remembers what was logged at any level. */
export function collectingLogger(): { log: Logger; entries: (event: string) => Fields[] } {
  const logged: { readonly event: string; readonly fields: Fields }[] = [];
  const add = (event: string, fields: Fields = {}) => void logged.push({ event, fields });
  return {
    log: { debug: add, info: add, warn: add, error: add },
    entries: (event) => logged.filter((entry) => entry.event === event).map(({ fields }) => fields),
  };
}
