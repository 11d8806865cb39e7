import { createHash } from 'node:crypto';
import type { PageRequest } from '../engine/paging.ts';
import { limits } from '../protocol/limits.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';

/** A list request: which operation, with which filters. `nextToken` and `maxResults` are no filters. */
export interface ListRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Hides where a list goes on in a text that fits this list alone (reference §7). */
export function sealToken(request: ListRequest, cursor: string): string {
  return Buffer.from(`${checksum(request, cursor)}${cursor}`).toString('base64url');
}

/** The cursor in a token, or InvalidRequest when it was altered or belongs to another list. */
export function openToken(request: ListRequest, token: string): Reply<string> {
  const text = Buffer.from(token, 'base64url').toString();
  const cursor = text.slice(checksumLength);
  return sealToken(request, cursor) === token
    ? accepted(cursor)
    : rejected('InvalidRequest', 'The nextToken is not one of this list.');
}

const checksumLength = 16;

function checksum({ operation, input }: ListRequest, cursor: string): string {
  const { nextToken: _, maxResults: __, ...filters } = input;
  const sealed = JSON.stringify([operation, filters, cursor]);
  return createHash('sha256').update(sealed).digest('base64url').slice(0, checksumLength);
}

/** What every list operation takes; `nextToken` is a plain cursor by the time a handler sees it. */
export interface PageInput {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

export function pageOf({ nextToken, maxResults = limits.pageSizeDefault }: PageInput): PageRequest {
  return { limit: maxResults, ...(nextToken === undefined ? {} : { after: nextToken }) };
}
