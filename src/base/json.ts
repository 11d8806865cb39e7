const decoder = new TextDecoder('utf-8', { fatal: true });

/** A JSON object, or undefined when the bytes are none or no UTF-8. No bytes stand for `{}`. */
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
