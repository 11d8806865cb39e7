import { SteerableClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { Recorder } from '../metrics/recorder.ts';
import { WorkerPool } from './pool.ts';
import type { AgentOrder, AgentReport } from './wire.ts';

/** The entry of an agent's process: orders come and reports go over the IPC channel. */
const clock = new SteerableClock();
let pool: WorkerPool | undefined;

process.on('message', (order: AgentOrder) => obey(order));
// An agent never outlives its coordinator.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the coordinator decides what it means.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('uncaughtException', (error) => fail(`agent crashed: ${messageOf(error)}`));

function obey(order: AgentOrder): void {
  if (order.type === 'prepare') pool = preparePool(order.agent, order.workers);
  else pool?.order(order);
}

function preparePool(agent: number, workers: number): WorkerPool {
  return new WorkerPool(agent, workers, {
    onReady() {
      measureEverySecond(`agent-${agent}`);
      send({ type: 'ready' });
    },
    onDelta: (delta) => send({ type: 'delta', delta }),
    onTrace: (messages) => send({ type: 'trace', messages }),
    onStanding: (standing) => send({ type: 'standing', standing }),
    onStopped() {
      clock.stop();
      measureProcess(`agent-${agent}`);
      process.send?.({ type: 'stopped' } satisfies AgentReport, () => process.disconnect());
    },
    onFailed: fail,
  });
}

function measureEverySecond(source: string): void {
  clock.schedule(clock.now() + 1000, () => {
    measureProcess(source);
    measureEverySecond(source);
  });
}

/** What this whole process costs; its workers cannot tell their parts. */
function measureProcess(source: string): void {
  const recorder = new Recorder();
  const { user, system } = process.cpuUsage();
  recorder.gauge('cpuSeconds', (user + system) / 1e6);
  recorder.gauge('rssBytes', process.memoryUsage.rss());
  const metrics = recorder.takeSnapshot();
  send({ type: 'delta', delta: { worker: source, metrics, notices: [], executions: [] } });
}

function fail(message: string): void {
  process.send?.({ type: 'failed', message } satisfies AgentReport, () => process.exit(1));
}

function send(report: AgentReport): void {
  process.send?.(report);
}
