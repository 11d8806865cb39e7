import { get } from 'node:http';
import { get as getByTls } from 'node:https';
import { createServer } from 'node:net';
import { instantOf, type Millis } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Target } from '../scenario/plan.ts';
import type { Check } from './checkup-machine.ts';

/** Something that answers later than this might as well not be there. */
export const answerMsMax = 3000;

/** Past this, AWS refuses a signed request. */
const skewMsMax = 5 * 60_000;

/** A port that a command listens on unless told otherwise. */
export interface WantedPort {
  readonly port: number;
  readonly purpose: string;
  /** What to do when it is taken. */
  readonly fix: string;
}

/** On loopback. A taken port is no more than a warning: every one of them can be chosen. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<Check[]> {
  const taken = await Promise.all(wanted.map(async (each) => !(await isFree(each.port))));
  const problems = wanted.filter((_, index) => taken[index]);
  const free = wanted.filter((_, index) => !taken[index]);
  return [
    ...(free.length === 0 ? [] : [freePorts(free)]),
    ...problems.map(
      ({ port, purpose, fix }): Check => ({
        topic: 'ports',
        level: 'warning',
        message: `${port} (${purpose}) is taken`,
        fix,
      }),
    ),
  ];
}

function freePorts(ports: readonly WantedPort[]): Check {
  const named = ports.map(({ port, purpose }) => `${port} (${purpose})`).join(', ');
  return { topic: 'ports', level: 'ok', message: `free: ${named}` };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

const howToStart = 'start it (`fleetrig emulate`), or correct target.endpoint.http';

/** Whether both ends of a target answer as they should, and agree with us on the time. */
export function checkEndpoint(
  { http, mqtt }: Extract<Target, { kind: 'endpoint' }>,
  now: Millis,
): Promise<Check[]> {
  return Promise.all([checkHttp(http, now, { fix: howToStart }), checkMqtt(mqtt)]);
}

export interface HttpCheck {
  /** What to do where nothing answers. */
  readonly fix: string;
  /** Authorities to trust instead of the usual ones. */
  readonly caPem?: string | undefined;
}

/** Whether somebody answers there, and has our time. */
export async function checkHttp(
  url: string,
  now: Millis,
  { fix, caPem }: HttpCheck,
): Promise<Check> {
  const topic = 'endpoint';
  try {
    const { status, date } = await ask(url, caPem);
    const skewMs = (instantOf(date) ?? now) - now;
    if (Math.abs(skewMs) > skewMsMax) {
      return {
        topic,
        level: 'warning',
        message: `${url} answers, but its clock is ${Math.round(Math.abs(skewMs) / 60_000)} minutes from ours: AWS would refuse our signatures`,
        fix: 'set the clock, best by NTP',
      };
    }
    return { topic, level: 'ok', message: `${url} answers (HTTP ${status})` };
  } catch (error) {
    return {
      topic,
      level: 'missing',
      message: `nothing answers at ${url}: ${reasonOf(error)}`,
      fix,
    };
  }
}

function ask(
  url: string,
  caPem: string | undefined,
): Promise<{ readonly status: number; readonly date: string }> {
  const signal = AbortSignal.timeout(answerMsMax);
  return new Promise((resolve, reject) => {
    const isTls = url.startsWith('https:');
    const request = isTls
      ? getByTls(url, { signal, ...(caPem === undefined ? {} : { ca: caPem }) })
      : get(url, { signal });
    request.once('error', reject);
    request.once('response', (response) => {
      response.destroy();
      resolve({ status: response.statusCode ?? 0, date: response.headers.date ?? '' });
    });
  });
}

async function checkMqtt({ host, port }: Address): Promise<Check> {
  const topic = 'broker';
  try {
    await connectOnce({ host, port });
    return { topic, level: 'ok', message: `${host}:${port} accepts MQTT connections` };
  } catch (error) {
    return {
      topic,
      level: 'missing',
      message: `no MQTT broker lets us in at ${host}:${port}: ${reasonOf(error)}`,
      fix: 'start it, or correct target.endpoint.mqtt; a run connects without TLS',
    };
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Rejects when it is refused, cut off, or not answered. */
async function connectOnce({ host, port }: Address): Promise<void> {
  const { connect } = await import('mqtt');
  const client = connect(`mqtt://${host}:${port}`, {
    clientId: 'fleetrig-doctor',
    connectTimeout: answerMsMax,
    reconnectPeriod: 0,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      client
        .on('connect', () => resolve())
        .on('error', reject)
        .on('close', () => reject(new Error('it hung up')));
    });
  } finally {
    await client.endAsync(true);
  }
}

/** A timeout hides why under `cause`, and a refused connection has a code but no text. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  if (cause !== undefined) return reasonOf(cause);
  const { code } = error as { readonly code?: unknown };
  return messageOf(error) || String(code);
}
