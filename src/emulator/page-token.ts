import { createHash } from 'node:crypto';
import type { PageRequest } from '../engine/paging.ts';
import { limits } from '../protocol/limits.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { PlaneModel } from '../protocol/validation.ts';

/** A list request: which operation, with which filters. What the paging is about are no filters. */
export interface ListRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly paging: Paging;
}

/** How an operation calls what its pages are about, and how its tokens are written. */
export interface Paging {
  readonly token: 'nextToken' | 'marker';
  readonly next: 'nextToken' | 'nextMarker';
  readonly size: 'maxResults' | 'pageSize';
  readonly encoding: 'base64url' | 'base64';
}

const byToken: Paging = {
  token: 'nextToken',
  next: 'nextToken',
  size: 'maxResults',
  encoding: 'base64url',
};
/** AWS's older lists; the pattern of the model asks for plain base64. */
const byMarker: Paging = {
  token: 'marker',
  next: 'nextMarker',
  size: 'pageSize',
  encoding: 'base64',
};

/** By the members of an operation's input. */
export function pagingOf({ shapes }: PlaneModel, inputShape: string): Paging {
  const { members = {} } = shapes[inputShape] ?? {};
  return Object.hasOwn(members, byMarker.token) ? byMarker : byToken;
}

/** Hides where a list goes on in a text that fits this list alone (reference §7). */
export function sealToken(request: ListRequest, cursor: string): string {
  return Buffer.from(`${checksum(request, cursor)}${cursor}`).toString(request.paging.encoding);
}

/** The cursor in a token, or InvalidRequest when it was altered or belongs to another list. */
export function openToken(request: ListRequest, token: string): Reply<string> {
  const { paging } = request;
  const text = Buffer.from(token, paging.encoding).toString();
  const cursor = text.slice(checksumLength);
  return sealToken(request, cursor) === token
    ? accepted(cursor)
    : rejected('InvalidRequest', `The ${paging.token} is not one of this list.`);
}

const checksumLength = 16;

function checksum({ operation, input, paging }: ListRequest, cursor: string): string {
  const { [paging.token]: _, [paging.size]: __, ...filters } = input;
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
