import type { LifecycleEvent } from './lifecycle.ts';
import type { Service } from './service.ts';

/** Tells the service who is connected; queries of dynamic groups ask for it. */
export function followConnectivity(service: Pick<Service, 'call'>, event: LifecycleEvent): void {
  const { type, clientId: thingName } = event;
  if (type === 'connected') service.call({ type: 'connectivity', thingName, isConnected: true });
  // One that was taken over is connected still.
  if (type === 'disconnected' && event.reason !== 'DUPLICATE_CLIENTID') {
    service.call({ type: 'connectivity', thingName, isConnected: false });
  }
}

/** After a restart nobody is connected, whatever the journal says. */
export function forgetConnectivity(service: Service): void {
  for (const thingName of [...service.view.connected]) {
    service.call({ type: 'connectivity', thingName, isConnected: false });
  }
}
