/** A publish at QoS 1 that was sent. */
export interface SentPublish {
  readonly messageId: number;
  readonly topic: string;
  readonly payload: string;
}

/** Those that no PUBACK has come for, in the order they were sent; undefined for none, as with most of a fleet. */
export type Unacknowledged = readonly SentPublish[] | undefined;

export function withSent(all: Unacknowledged, sent: SentPublish): Unacknowledged {
  return all === undefined ? [sent] : [...all, sent];
}

export function withoutSent(all: Unacknowledged, messageId: number): Unacknowledged {
  const rest = all?.filter((sent) => sent.messageId !== messageId);
  return rest?.length === 0 ? undefined : rest;
}
