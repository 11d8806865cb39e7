/**
 * The entry of a front's process, forked by `fronts.ts`. It never outlives the engine's process: the
 * end of the link, or of the channel, ends it. Ctrl-C and SIGTERM are not its to act on.
 */
import { Server, Socket } from 'node:net';
import { messageOf } from '../base/errors.ts';
import { Front } from './front.ts';
import { type FrontOrder, type FrontReport, linkDescriptor } from './front-wire.ts';

const link = new Socket({ fd: linkDescriptor, readable: true, writable: true });
const front = new Front(link);
let server: Server | undefined;

function listen(shared: Server, connectionsMax: number): void {
  server = shared;
  // A server from another process comes without options. What was read here of a socket that goes on
  // to another process would be lost.
  Object.assign(shared, { allowHalfOpen: true, pauseOnConnect: true });
  shared.on('connection', (socket) => {
    if (front.connections < connectionsMax) {
      front.take(socket);
      return;
    }
    socket.on('error', () => socket.destroy());
    report({ type: 'surplus' }, socket);
  });
  shared.on('error', (error) => complain(`accept failed: ${messageOf(error)}`));
  report({ type: 'listening' });
}

function report(message: FrontReport, socket?: Socket): void {
  process.send?.(message, socket, {}, () => undefined);
}

function complain(text: string): void {
  process.stderr.write(`error a front: ${text}\n`);
}

process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('uncaughtException', (error) => {
  complain(error.stack?.replaceAll(/\s*\n\s*/g, ' | ') ?? error.message);
  process.exit(1);
});
process.once('disconnect', () => process.exit(0));
link.once('close', () => process.exit(0));
process.on('message', (order: FrontOrder, handle: unknown) => {
  if (order.type === 'stop') server?.close();
  else if (handle instanceof Server) listen(handle, order.connectionsMax);
});
report({ type: 'ready' });
