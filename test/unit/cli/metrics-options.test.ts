import { expect, it } from 'vitest';
import { type MetricsArgs, readMetricsSettings } from '../../../src/cli/metrics-options.ts';

const none: MetricsArgs = {
  'metrics-port': undefined,
  'metrics-host': undefined,
  'metrics-linger': undefined,
  'remote-write': undefined,
  pushgateway: undefined,
};

it('keeps the metrics to this machine, and waits for nobody, unless asked to', () => {
  expect(readMetricsSettings({ ...none, 'metrics-port': 0 })).toEqual({
    port: 0,
    host: '127.0.0.1',
    lingerMs: 0,
    remoteWrite: undefined,
    pushgateway: undefined,
  });
});

it('takes what it is given', () => {
  const settings = readMetricsSettings({
    'metrics-port': 9464,
    'metrics-host': '0.0.0.0',
    'metrics-linger': '1m30s',
    'remote-write': 'https://prometheus.example/api/v1/write',
    pushgateway: 'http://127.0.0.1:9091',
  });

  expect(settings).toEqual({
    port: 9464,
    host: '0.0.0.0',
    lingerMs: 90_000,
    remoteWrite: 'https://prometheus.example/api/v1/write',
    pushgateway: 'http://127.0.0.1:9091',
  });
});

it.each<[string, Partial<MetricsArgs>]>([
  ['--metrics-port 70000', { 'metrics-port': 70_000 }],
  ['--metrics-linger 15', { 'metrics-port': 1, 'metrics-linger': '15' }],
  ['--metrics-linger', { 'metrics-linger': '15s' }],
  ['--metrics-host', { 'metrics-host': '0.0.0.0' }],
  ['--remote-write', { 'remote-write': '127.0.0.1:9090' }],
  ['--pushgateway', { pushgateway: 'ftp://x' }],
])('refuses %s for what cannot be meant, and says what can', (flag, args) => {
  expect(() => readMetricsSettings({ ...none, ...args })).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(flag),
      hint: expect.stringMatching(/\w/),
    }),
  );
});
