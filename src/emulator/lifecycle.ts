/** Why a connection ended, in the words of AWS's presence events (reference §9.4). */
export type DisconnectReason =
  | 'AUTH_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CLIENT_ERROR'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'THROTTLED';

/** What AWS announces below `$aws/events/presence/` and `$aws/events/subscriptions/`. */
export type LifecycleEvent =
  | {
      readonly type: 'connected';
      readonly clientId: string;
      readonly remoteAddress?: string;
      /** Certificate id or access key id; none for a client that showed no identity. */
      readonly principalId?: string;
    }
  | {
      readonly type: 'connect_failed';
      readonly clientId: string;
      readonly remoteAddress?: string;
      readonly principalId?: string;
      readonly reason: DisconnectReason;
    }
  | {
      readonly type: 'disconnected';
      readonly clientId: string;
      readonly reason: DisconnectReason;
    }
  | {
      readonly type: 'subscribed' | 'unsubscribed';
      readonly clientId: string;
      readonly topics: readonly string[];
    };
