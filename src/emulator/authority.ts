import type { IConnectPacket } from 'mqtt-packet';
import type { IotAction } from '../protocol/policy.ts';
import type { Message } from './message.ts';

/** What a CONNECT says of its sender. */
export type Credentials = Pick<IConnectPacket, 'clientId' | 'username' | 'password'>;

/**
 * What one connection may do. Connections without one may do everything, and are never asked.
 */
export interface Authority {
  /** Whether the client is who it says; not asked of those who have proved it when they connected. */
  admits?(credentials: Credentials): boolean;
  /** `name` is the client id, topic, or topic filter as written. */
  permits(action: IotAction, clientId: string, name: string): boolean;
}

/** RETAIN needs leave of its own beside that to publish (reference §9.3). */
export function permitsPublish(
  authority: Authority | undefined,
  clientId: string,
  { topic, retain }: Pick<Message, 'topic' | 'retain'>,
): boolean {
  if (authority === undefined) return true;
  return (
    authority.permits('Publish', clientId, topic) &&
    (!retain || authority.permits('RetainPublish', clientId, topic))
  );
}
