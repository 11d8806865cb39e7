import type { Options } from 'yargs';
import { parseDuration } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';
import type { MetricsSettings } from '../run/metrics-outlets.ts';
import { optionGroups } from './options.ts';
import { checkPort } from './ports.ts';

const group = optionGroups.metrics;

/** Of every command whose metrics may go to Prometheus. */
export const metricsOptions = {
  'metrics-port': { type: 'number', group, describe: 'Serve /metrics there; 0 takes any free one' },
  'metrics-host': {
    type: 'string',
    group,
    describe: 'Address to serve them on [default: 127.0.0.1]',
  },
  'metrics-linger': {
    type: 'string',
    group,
    describe: 'Wait so long for a last scrape when all is over: 15s [default: 0s]',
  },
  'remote-write': { type: 'string', group, describe: 'Send them to this remote write URL' },
  pushgateway: { type: 'string', group, describe: 'Leave the end figures at this Pushgateway' },
} as const satisfies Record<string, Options>;

export type MetricsArgs = {
  readonly [Name in keyof typeof metricsOptions]:
    | ((typeof metricsOptions)[Name]['type'] extends 'number' ? number : string)
    | undefined;
};

/** Throws AppError for what cannot be meant. */
export function readMetricsSettings(args: MetricsArgs): MetricsSettings {
  const port = args['metrics-port'];
  checkPort('--metrics-port', port);
  for (const flag of ['metrics-host', 'metrics-linger'] as const) {
    if (port !== undefined || args[flag] === undefined) continue;
    throw new AppError('usage', `--${flag} says nothing without --metrics-port`, {
      hint: 'add --metrics-port 9464',
    });
  }
  return {
    port,
    host: args['metrics-host'] ?? '127.0.0.1',
    lingerMs: lingerOf(args['metrics-linger'] ?? '0s'),
    remoteWrite: checkUrl('--remote-write', args['remote-write']),
    pushgateway: checkUrl('--pushgateway', args.pushgateway),
  };
}

function lingerOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new AppError('usage', `--metrics-linger ${text}: not a duration`, {
    hint: 'write it with its unit: 15s, 1m30s',
  });
}

function checkUrl(flag: string, url: string | undefined): string | undefined {
  if (url === undefined || /^https?:\/\/[^/]/.test(url)) return url;
  throw new AppError('usage', `${flag} ${url}: not an http or https URL`, {
    hint: `write it whole: ${flag} http://127.0.0.1:9090/…`,
  });
}
