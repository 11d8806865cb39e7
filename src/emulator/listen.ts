import type { Server } from 'node:net';
import { AppError, messageOf } from '../base/errors.ts';

/** Where something listens; the port is the one actually bound. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Connections the kernel may hold for us while a fleet connects all at once. */
const backlog = 4096;

/** Binds `server`; `purpose` names it in the error when the address cannot be had. */
export function listen(server: Server, address: Address, purpose: string): Promise<Address> {
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, address, purpose));
    server.once('error', fail);
    server.listen({ host, port, backlog }, () => {
      server.removeListener('error', fail);
      const bound = server.address();
      resolve({ host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
    });
  });
}

function listenError(
  error: NodeJS.ErrnoException,
  { host, port }: Address,
  purpose: string,
): AppError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AppError('setup', `${purpose} port ${port} on ${host} is already in use`, {
        hint: 'Stop what listens there, or choose another port; 0 takes any free one.',
        cause: error,
      });
    case 'EACCES':
      return new AppError('setup', `no permission to listen on ${purpose} port ${port}`, {
        hint: 'Choose a port above 1023.',
        cause: error,
      });
    default:
      return new AppError(
        'setup',
        `cannot listen for ${purpose} on ${host}:${port}: ${messageOf(error)}`,
        { hint: 'Choose an address of this machine, such as 127.0.0.1.', cause: error },
      );
  }
}
