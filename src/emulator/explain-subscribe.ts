import type { ISubscription } from 'mqtt-packet';
import { limits } from '../protocol/limits.ts';
import type { Diagnosis } from './diagnosis.ts';
import { reasonCode } from './reason-codes.ts';
import type { Session } from './session.ts';

interface Outcome {
  readonly asked: ISubscription;
  /** A QoS, or why not. */
  readonly granted: number;
}

/** One finding for each filter that SUBACK refuses. */
export function explainRefusals(
  diagnosis: Diagnosis,
  { clientId }: Pick<Session, 'clientId'>,
  outcomes: readonly Outcome[],
  isAdmitted: boolean,
): void {
  for (const { asked, granted } of outcomes) {
    if (granted < reasonCode.unspecified) continue;
    diagnosis.explain({
      wire: 'mqtt',
      client: clientId,
      request: `SUBSCRIBE ${asked.topic}`,
      outcome: `refused 0x${granted.toString(16)}`,
      ...reasonOf(granted, isAdmitted),
    });
  }
}

function reasonOf(
  code: number,
  isAdmitted: boolean,
): { readonly why: string; readonly next: string } {
  if (!isAdmitted) {
    return {
      why: 'The account is past its SUBSCRIBEs per second.',
      next: 'Subscribe again later with backoff, or start without --quotas.',
    };
  }
  switch (code) {
    case reasonCode.topicFilterInvalid:
      return {
        why: 'MQTT does not allow the filter.',
        next: 'Let + stand for one whole level and # for the last one.',
      };
    case reasonCode.notAuthorized:
      return {
        why: 'No policy of the client allows iot:Subscribe on the filter.',
        next: 'Allow topicfilter/<filter> in its policy.',
      };
    default:
      return {
        why: `The connection has ${limits.subscriptionsPerConnectionMax} subscriptions, or a shared group is full.`,
        next: 'Unsubscribe from others first, or use a wildcard.',
      };
  }
}
