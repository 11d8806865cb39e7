const texts = new WeakMap<object, string>();

/**
 * A job document as JSON text. All executions of a job share one document value, so its text is made
 * once however many devices are told.
 */
export function documentText(document: unknown): string {
  if (typeof document !== 'object' || document === null) return JSON.stringify(document);
  let text = texts.get(document);
  if (text === undefined) {
    text = JSON.stringify(document);
    texts.set(document, text);
  }
  return text;
}
