import { openMosquitto, openOurs, runClosedLoop } from './closed-loop.ts';
import { connectAll } from './connect.ts';
import { hasMosquitto } from './mosquitto.ts';
import type { Figure } from './table.ts';

const things = 2000;
const workload = { things: 500, jobs: 20, progressSteps: 0 };

/** In words of its figures: this divided by that may be at most so much. Wide, for a noisy machine. */
const bounds: readonly {
  readonly of: string;
  readonly to: readonly string[];
  readonly max: number;
}[] = [
  {
    of: 'packet: harness RSS per idle thing',
    to: ['mqttjs: harness RSS per idle thing'],
    max: 0.85,
  },
  {
    of: 'packet: harness CPU to connect, subscribe and ask',
    to: ['mqttjs: harness CPU to connect, subscribe and ask'],
    max: 1.5,
  },
  {
    of: 'packet to emulator: CPU of the emulator for one',
    to: [
      'packet to mosquitto: CPU of the mosquitto for one',
      'packet to mosquitto: CPU of the backend for one',
    ],
    max: 2.5,
  },
];

/**
 * For CI, in less than a minute: both clients weighed, and whole executions against our emulator and
 * against mosquitto. Every execution has to be done, or it throws.
 */
export async function benchShort(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = (prefix: string, measured: readonly Figure[]): void => {
    figures.push(...measured.map((each) => ({ ...each, name: `${prefix}: ${each.name}` })));
  };
  for (const client of ['mqttjs', 'packet'] as const) {
    add(client, await connectAll(client, { mqtt: '3.1.1', isTls: false }, things));
  }
  add('packet to emulator', await runClosedLoop('packet', openOurs, workload));
  if (hasMosquitto()) {
    add('packet to mosquitto', await runClosedLoop('packet', openMosquitto, workload));
  }
  return figures;
}

/** Only counts and ratios of one run are judged; what was not measured is not. */
export function judgeShort(figures: readonly Figure[]): string[] {
  const measured = (name: string) => figures.find((each) => each.name === name)?.value;
  return bounds.flatMap(({ of, to, max }) => {
    const value = measured(of);
    const others = to.map(measured).filter((other) => other !== undefined);
    if (value === undefined || others.length < to.length) return [];
    const ratio = value / others.reduce((sum, other) => sum + other, 0);
    return ratio <= max
      ? []
      : [`${of} is ${ratio.toFixed(2)} × ${to.join(' + ')}, at most ${max} is allowed`];
  });
}
