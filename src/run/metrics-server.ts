import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { AppError, messageOf } from '../base/errors.ts';
import type { Exporter } from '../metrics/exposition.ts';

export interface MetricsServer {
  readonly url: string;
  /** Resolves once a scrape that came after this call has been answered to its last byte. */
  scraped(): Promise<void>;
  close(): Promise<void>;
}

export interface MetricsAddress {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Serves `/metrics`. Throws AppError when the address cannot be had. */
export async function serveMetrics(
  exporter: Exporter,
  address: MetricsAddress,
): Promise<MetricsServer> {
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end('the metrics are at /metrics\n');
      return;
    }
    const told = waiting;
    waiting = [];
    response.once('finish', () => {
      for (const tell of told) tell();
    });
    exporter.exposition().then(
      (text) => response.writeHead(200, { 'content-type': exporter.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(`${messageOf(error)}\n`),
    );
  });
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  return {
    url: urlOf({ ...address, port }),
    scraped: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlOf({ host, port }: MetricsAddress): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}/metrics`;
}

function listen(server: Server, { host, port }: MetricsAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'choose another with --metrics-port, or 0 for any free one';
      const message = `cannot serve metrics on ${host}:${port}: ${messageOf(cause)}`;
      reject(new AppError('setup', message, { hint, cause }));
    });
    server.listen(port, host, resolve);
  });
}
