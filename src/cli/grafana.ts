import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';

/** What is shipped for Prometheus and Grafana; two folders up from here in `src` and in `dist` alike. */
const shipped = new URL('../../deploy/', import.meta.url);

/** In the order they are worth reading. */
const files = [
  'README.md',
  'compose.yaml',
  'prometheus/prometheus.yml',
  'prometheus/alerts.yml',
  'grafana/provisioning/datasources/prometheus.yml',
  'grafana/provisioning/dashboards/fleetrig.yml',
  'grafana/dashboards/fleetrig-run.json',
  'grafana/dashboards/fleetrig-emulator.json',
] as const;

interface GrafanaArgs {
  readonly out: string;
  readonly force: boolean;
}

export function grafanaCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, GrafanaArgs> {
  return {
    command: 'grafana',
    describe: 'Write dashboards, alert rules and a compose.yaml with Prometheus and Grafana',
    builder: (yargs) =>
      yargs
        .option('out', {
          type: 'string',
          default: 'monitoring',
          group: optionGroups.output,
          describe: 'Folder to write them to',
        })
        .option('force', {
          type: 'boolean',
          default: false,
          group: optionGroups.output,
          describe: 'Replace files that say something else',
        })
        .example('$0 grafana --out monitoring', 'then: docker compose up -d in there'),
    handler: async ({ out, force }) => {
      const { writeNewFiles } = await import('./new-files.ts');
      const folder = resolve(io.cwd, out);
      const written = await writeNewFiles({ folder, contents: await readShipped(), force });
      io.stdout(report(out, written));
      settle(0);
    },
  };
}

async function readShipped(): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const file of files) contents.set(file, await readFile(new URL(file, shipped), 'utf8'));
  return contents;
}

function report(folder: string, written: readonly string[]): string {
  const unchanged = files.length - written.length;
  return [
    ...written.map((file) => `wrote ${folder}/${file}`),
    ...(unchanged === 0 ? [] : [`${unchanged} of ${files.length} files are there already`]),
    `next: docker compose -f ${folder}/compose.yaml up -d, then http://127.0.0.1:3000`,
    '      fleetrig run <scenario> --metrics-port 9464 --metrics-host 0.0.0.0 --metrics-linger 15s',
    `      without containers, import ${folder}/grafana/dashboards/*.json into your Grafana`,
    '',
  ].join('\n');
}
