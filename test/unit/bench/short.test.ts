import { expect, it } from 'vitest';
import { judgeShort } from '../../../bench/short.ts';

const figures = (values: Readonly<Record<string, number>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value, unit: 'any' }));

const memory = (packet: number, mqttjs: number) =>
  figures({
    'packet: harness RSS per idle thing': packet,
    'mqttjs: harness RSS per idle thing': mqttjs,
  });

const cpu = (emulator: number, mosquitto: number, backend: number) =>
  figures({
    'packet to emulator: CPU of the emulator for one': emulator,
    'packet to mosquitto: CPU of the mosquitto for one': mosquitto,
    'packet to mosquitto: CPU of the backend for one': backend,
  });

it('wants the packet client to weigh less than MQTT.js', () => {
  expect(judgeShort(memory(4000, 12_000))).toEqual([]);
  expect(judgeShort(memory(12_000, 12_000))).toEqual([
    'packet: harness RSS per idle thing is 1.00 × mqttjs: harness RSS per idle thing, at most 0.85 is allowed',
  ]);
});

it('holds the emulator against mosquitto and its backend together', () => {
  expect(judgeShort(cpu(100, 80, 30))).toEqual([]);
  expect(judgeShort(cpu(400, 80, 30))).toHaveLength(1);
});

it('judges nothing that was not measured', () => {
  expect(judgeShort([])).toEqual([]);
  expect(judgeShort(cpu(400, 80, 30).slice(0, 2))).toEqual([]);
});
