import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf } from '../base/errors.ts';
import type { Exporter } from '../metrics/exposition.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` on loopback. Throws AppError when the port is taken. */
export async function serveMetrics(exporter: Exporter, port: number): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end('the metrics are at /metrics\n');
      return;
    }
    exporter.exposition().then(
      (text) => response.writeHead(200, { 'content-type': exporter.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(`${messageOf(error)}\n`),
    );
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'choose another with --metrics-port, or 0 for any free one';
      const message = `cannot serve metrics on 127.0.0.1:${port}: ${messageOf(cause)}`;
      reject(new AppError('setup', message, { hint, cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
