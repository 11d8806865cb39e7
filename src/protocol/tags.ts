import { controlPlane } from './service-model.ts';
import { type Violation, violation } from './validation.ts';

/** As on the wire: AWS IoT writes both members with a capital (reference §0.5). */
export interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

const valuePattern = controlPlane.shapes['TagKey']?.pattern ?? '';
const legalValue = new RegExp(valuePattern, 'u');

/** What the model does not say of tags: values are made of what keys are, and a key comes once. */
export function* tagViolations(
  tags: readonly Tag[] | undefined,
  most = Number.POSITIVE_INFINITY,
): Generator<Violation> {
  if (tags === undefined) return;
  if (tags.length > most) {
    yield violation(['tags'], tags, `have length less than or equal to ${most}`);
  }
  const seen = new Set<string>();
  for (const [index, { Key, Value = '' }] of tags.entries()) {
    const path = ['tags', index];
    if (!legalValue.test(Value)) {
      yield violation(
        [...path, 'Value'],
        Value,
        `satisfy regular expression pattern: ${valuePattern}`,
      );
    }
    if (seen.has(Key)) yield violation([...path, 'Key'], Key, 'be unique in the list');
    seen.add(Key);
  }
}
