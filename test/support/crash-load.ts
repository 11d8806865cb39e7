import assert from 'node:assert/strict';
import type { Random } from '../../src/base/random.ts';
import type { Address } from '../../src/emulator/listen.ts';
import { type Answer, ask, CrashClient, type Lost, lost } from './crash-clients.ts';
import type { CrashModel } from './crash-model.ts';
import { thingArn } from './engine-rig.ts';

export const deviceNames = ['d0', 'd1', 'd2', 'd3'];
export const topic = 'news/numbers';
export const retainedTopic = 'news/latest';

/** Burns down with every answer, so that a slow machine does not die before it has worked. */
export class Fuse {
  readonly burnt: Promise<void>;
  #left: number;
  #end: () => void = () => undefined;

  constructor(answers: number) {
    this.#left = answers;
    this.burnt = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  burn(): void {
    if (--this.#left <= 0) this.#end();
  }
}

/** What the workers of a round share. Each works until the service is gone. */
export interface Front {
  readonly http: Address;
  readonly mqtt: Address;
  readonly model: CrashModel;
  readonly random: Random;
  readonly fuse: Fuse;
}

/** Creates things and jobs, and cancels some that no device works on. */
export async function operate({ http, model, random, fuse }: Front): Promise<void> {
  for (;;) {
    const isDone = await (random.int(3) === 0
      ? createThing(http, model)
      : createJob(http, model, random));
    if (!isDone) return;
    fuse.burn();
  }
}

async function createThing(http: Address, model: CrashModel): Promise<boolean> {
  const thingName = `t${model.nextNumber++}`;
  const answer = await ask(http, 'POST', `/things/${thingName}`, {});
  if (answer === lost) return false;
  assert.equal(answer.status, 200);
  model.things.push(thingName);
  return true;
}

async function createJob(http: Address, model: CrashModel, random: Random): Promise<boolean> {
  const isToCancel = model.things.length > 0 && random.int(4) === 0;
  const targets = isToCancel
    ? [model.things[random.int(model.things.length)] ?? '']
    : deviceNames.filter((_, index) => index === 0 || random.int(2) === 0);
  const jobId = `j${model.nextNumber++}`;
  model.doubtfulJob = { jobId, targets };
  const created = await ask(http, 'PUT', `/jobs/${jobId}`, {
    targets: targets.map(thingArn),
    document: '{"op":"test"}',
  });
  if (created === lost) return false;
  assert.equal(created.status, 200, JSON.stringify(created));
  model.doubtfulJob = undefined;
  model.jobs.set(jobId, targets);
  model.touched.add(jobId);
  if (!isToCancel) return true;
  model.doubtfulCancel = jobId;
  const cancelled = await ask(http, 'PUT', `/jobs/${jobId}/cancel`, {});
  if (cancelled === lost) return false;
  model.doubtfulCancel = undefined;
  model.cancelled.add(jobId);
  return true;
}

type Request = (operation: string, body: object) => Promise<Answer | Lost>;

/** A device: starts what is next and moves it on, over MQTT or the data plane. */
export async function work(front: Front, thingName: string): Promise<void> {
  const { http, mqtt, random } = front;
  const stream = random.fork(thingName);
  if (stream.next() < 0.3) {
    await workWith(front, thingName, stream, (operation, body) => {
      const [method, path] =
        operation === 'start-next' ? ['PUT', '$next'] : ['POST', operation.split('/')[0] ?? ''];
      return ask(http, method, `/things/${thingName}/jobs/${path}`, body, 'iot-jobs-data');
    });
    return;
  }
  const client = await CrashClient.connect(mqtt, thingName);
  if (client === lost) return;
  await workWith(front, thingName, stream, (operation, body) =>
    client.request(`$aws/things/${thingName}/jobs/${operation}`, body),
  );
  client.end();
}

async function workWith(
  { model, fuse }: Front,
  thingName: string,
  random: Random,
  request: Request,
): Promise<void> {
  for (;;) {
    const key = [...model.executions].find(
      ([name, { status }]) => name.endsWith(`/${thingName}`) && status === 'IN_PROGRESS',
    )?.[0];
    const isDone = await (key === undefined
      ? startNext(model, thingName, request)
      : update(model, key, random, request));
    if (!isDone) return;
    fuse.burn();
  }
}

async function startNext(model: CrashModel, thingName: string, request: Request): Promise<boolean> {
  const answer = await request('start-next', {});
  if (answer === lost) {
    model.mayHaveStarted.add(thingName);
    for (const [jobId, targets] of model.jobs) {
      if (targets.includes(thingName) && !model.executions.has(`${jobId}/${thingName}`)) {
        model.touched.add(jobId);
      }
    }
    return false;
  }
  assert.equal(answer.status, 200);
  const { execution } = answer.body as { execution?: StartedExecution };
  if (execution === undefined) return true;
  const { jobId, status, versionNumber } = execution;
  model.executions.set(`${jobId}/${thingName}`, { status, versionNumber });
  model.touched.add(jobId);
  return true;
}

interface StartedExecution {
  readonly jobId: string;
  readonly status: string;
  readonly versionNumber: number;
}

async function update(
  model: CrashModel,
  key: string,
  random: Random,
  request: Request,
): Promise<boolean> {
  const known = model.executions.get(key);
  assert(known);
  const [jobId = ''] = key.split('/');
  const status = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED'][random.int(3)] ?? '';
  const expectedVersion = known.versionNumber;
  const outcome = { status, versionNumber: expectedVersion + 1 };
  model.touched.add(jobId);
  const answer = await request(`${jobId}/update`, { status, expectedVersion });
  if (answer === lost) {
    model.doubts.push({ key, outcome });
    return false;
  }
  assert.equal(answer.status, 200, `${key} ${JSON.stringify(answer.body)}`);
  model.executions.set(key, outcome);
  return true;
}

/** Publishes numbered messages, and now and then a retained one. */
export async function publish({ mqtt, model, random, fuse }: Front): Promise<void> {
  const client = await CrashClient.connect(mqtt, 'publisher');
  if (client === lost) return;
  for (;;) {
    const number = model.nextNumber++;
    const isRetained = random.int(5) === 0;
    if (isRetained) model.doubtfulRetained.add(number);
    const sentTo = isRetained ? retainedTopic : topic;
    if ((await client.publish(sentTo, `${number}`, isRetained)) === lost) break;
    fuse.burn();
    if (isRetained) {
      model.retained = number;
      model.doubtfulRetained.clear();
    } else {
      model.published.add(number);
    }
  }
  client.end();
}

/** The one persistent session: what it missed must come after a restart. */
export async function listen({
  mqtt,
  model,
}: Pick<Front, 'mqtt' | 'model'>): Promise<CrashClient | Lost> {
  return CrashClient.connect(mqtt, 'listener', true, (heard, payload) => {
    if (heard === topic) model.received.add(Number(String(payload)));
  });
}
