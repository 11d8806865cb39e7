/**
 * The entry of a process that answers for the Jobs service behind any broker, as little as devices need:
 * every thing that has asked gets the same queue of jobs once we are told to begin, and nothing is checked, kept, rolled out or counted. Over one
 * MQTT 3.1.1 connection. Arguments: port, jobs per thing.
 */
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';
import { readPlainPublish } from '../src/protocol/frame-decoder.ts';
import { encodePlainPublish } from '../src/protocol/frame-encoder.ts';
import { FrameSplitter } from '../src/protocol/frame-splitter.ts';
import { jobsTopic, parseJobsTopic } from '../src/protocol/topics.ts';

interface Progress {
  job: number;
  version: number;
}

const version = 4;
const suback = 0x90;
const frameBytesMax = 1 << 20;
const document = { operation: 'update', version: '1.4' };
const jobs = Number(process.argv[3]);
const progressOf = new Map<string, Progress>();
const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), noDelay: true });
const frames = new FrameSplitter();
let lastId = 0;
let hasBegun = false;

function publish(topic: string, body: object, qos: 0 | 1): void {
  lastId = (lastId % 65_535) + 1;
  const payload = JSON.stringify(body);
  socket.write(encodePlainPublish({ topic, payload, retain: false }, qos, lastId, version));
}

function executionOf(thingName: string, { job, version: versionNumber }: Progress): object {
  if (!hasBegun || job === jobs) return {};
  const at = Math.floor(Date.now() / 1000);
  const execution = {
    ...{ jobId: `job-${job}`, thingName, status: versionNumber === 1 ? 'QUEUED' : 'IN_PROGRESS' },
    ...{ queuedAt: at, lastUpdatedAt: at, versionNumber, executionNumber: 1 },
    jobDocument: document,
  };
  return { execution };
}

function answer(topic: string, payload: Buffer): void {
  const parsed = parseJobsTopic(topic);
  if (parsed?.kind !== 'request') return;
  const { operation, thingName } = parsed.request;
  const { clientToken, status } = JSON.parse(payload.toString());
  const timestamp = Math.floor(Date.now() / 1000);
  const progress = progressOf.get(thingName) ?? { job: 0, version: 1 };
  progressOf.set(thingName, progress);
  if (operation === 'describe') {
    publish(
      `${topic}/accepted`,
      { clientToken, timestamp, ...executionOf(thingName, progress) },
      0,
    );
    return;
  }
  progress.version++;
  const executionState = { status, versionNumber: progress.version };
  publish(`${topic}/accepted`, { clientToken, timestamp, executionState }, 0);
  if (status !== 'SUCCEEDED') return;
  progress.job++;
  progress.version = 1;
  notifyNext(thingName, progress);
}

function notifyNext(thingName: string, progress: Progress): void {
  const timestamp = Math.floor(Date.now() / 1000);
  const message = { timestamp, ...executionOf(thingName, progress) };
  publish(jobsTopic(thingName, 'notify-next'), message, 1);
}

function take(frame: Buffer): void {
  const message = readPlainPublish(frame, version);
  if (message !== undefined) answer(message.topic, message.payload);
  else if (frame[0] === suback) process.send?.('ready');
}

socket.write(
  generate({ cmd: 'connect', clientId: 'backend', protocolVersion: 4, clean: true, keepalive: 0 }),
);
socket.write(
  generate({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: ['get', 'update'].map((last) => ({
      topic: `$aws/things/+/jobs/+/${last}`,
      qos: 0,
    })),
  }),
);
socket.on('data', (bytes) => {
  // One write for all that one read brings.
  socket.cork();
  frames.push(bytes);
  for (;;) {
    const frame = frames.take(frameBytesMax);
    if (typeof frame === 'string') break;
    take(frame);
  }
  socket.uncork();
});
process.once('message', () => {
  hasBegun = true;
  for (const [thingName, progress] of progressOf) notifyNext(thingName, progress);
});
process.once('disconnect', () => process.exit(0));
