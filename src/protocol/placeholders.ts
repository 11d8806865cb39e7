import type { PresignedUrlConfig } from './job-config.ts';
import { limits } from './limits.ts';
import { parseS3Url } from './s3-url.ts';

/**
 * A document's text cut at its presigned-URL placeholders: a piece, a URL, a piece, and so on. Without
 * placeholders there is one piece, the text itself.
 */
export interface CutDocument {
  readonly pieces: readonly string[];
  /** As written in the placeholders; one fewer than pieces. */
  readonly urls: readonly string[];
}

/** Neither a quote nor a backslash: a placeholder lies within one JSON string. */
const placeholder = /\$\{aws:iot:s3-presigned-url:([^}"\\]*)\}/g;

/** `text` is JSON as `JSON.stringify` writes it: no escape hides a placeholder (reference §8.2). */
export function cutAtPlaceholders(text: string): CutDocument {
  const parts = text.split(placeholder);
  return {
    pieces: parts.filter((_, index) => index % 2 === 0),
    urls: parts.filter((_, index) => index % 2 === 1),
  };
}

/** What is wrong with the placeholders of a JSON text, in words for the job's creator (reference §8.2). */
export function findPlaceholderFault(
  documentText: string,
  config: PresignedUrlConfig | undefined,
): string | undefined {
  if (!documentText.includes('s3-presigned-url:')) return undefined;
  const { urls } = cutAtPlaceholders(JSON.stringify(JSON.parse(documentText)));
  if (urls.length === 0) return undefined;
  if (urls.length > limits.placeholdersPerDocumentMax) {
    return `The document has ${urls.length} S3 placeholders; the limit is ${limits.placeholdersPerDocumentMax}.`;
  }
  const wrong = urls.find((url) => parseS3Url(url) === undefined);
  if (wrong !== undefined) {
    return `The placeholder's '${wrong}' is not the URL of an S3 object; it looks like https://s3.us-east-1.amazonaws.com/bucket/key.`;
  }
  return config?.roleArn === undefined
    ? 'The document has S3 placeholders, which need presignedUrlConfig.roleArn.'
    : undefined;
}
