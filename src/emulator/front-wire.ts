/** The descriptor that a front's process finds its link at. */
export const linkDescriptor = 4;

/** Engine's process to front. The end of the link ends the front. */
export type FrontOrder =
  /** Comes with the listening server. */
  | { readonly type: 'listen'; readonly connectionsMax: number }
  /** Takes no more connections. */
  | { readonly type: 'stop' };

export type FrontReport =
  | { readonly type: 'ready' }
  | { readonly type: 'listening' }
  /** Comes with a socket that the front has no room for. */
  | { readonly type: 'surplus' };
