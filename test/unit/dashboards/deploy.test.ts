import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricLabels } from '../../../src/metrics/metric-labels.ts';

const folder = join(import.meta.dirname, '../../../deploy');
const read = (file: string) => parse(readFileSync(join(folder, file), 'utf8'));

it('Grafana is told how often Prometheus scrapes, or every rate would be over the wrong interval', () => {
  const { global } = read('prometheus/prometheus.yml');
  const [source] = read('grafana/provisioning/datasources/prometheus.yml').datasources;

  expect(source.jsonData.timeInterval).toBe(global.scrape_interval);
});

it('everything a container is given is there, where the container looks for it', () => {
  const { services } = read('compose.yaml');
  const volumes: string[] = [...services.prometheus.volumes, ...services.grafana.volumes];
  const mounted = volumes
    .filter((volume) => volume.startsWith('.'))
    .map((volume) => volume.split(':'));
  const [provider] = read('grafana/provisioning/dashboards/fleetrig.yml').providers;

  expect(
    mounted.map(([from = '']) => from).filter((from) => !existsSync(join(folder, from))),
  ).toEqual([]);
  expect(mounted.map(([, to]) => to)).toEqual([
    '/etc/prometheus',
    '/etc/grafana/provisioning',
    '/var/lib/grafana/dashboards',
  ]);
  expect(provider.options.path).toBe('/var/lib/grafana/dashboards');
});

it('the stack is for this machine only, and its images are pinned', () => {
  const { services } = read('compose.yaml');

  for (const { image, ports } of [services.prometheus, services.grafana]) {
    expect(image).toMatch(/^[a-z/]+:[v\d.]+$/);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

it('the names of the scrape jobs are no labels of ours', () => {
  const jobs = read('prometheus/prometheus.yml').scrape_configs.map(
    ({ job_name }: { job_name: string }) => job_name,
  );

  expect(jobs).toEqual(['fleetrig-run', 'fleetrig-emulator']);
  expect(Object.keys(metricLabels)).not.toContain('job');
});
