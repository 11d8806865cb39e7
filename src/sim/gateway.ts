import type { Millis } from '../base/clock.ts';
import type { DeviceEffect, DeviceInput } from '../device/io.ts';
import { describeExecution, getPending } from '../engine/device-queries.ts';
import type { Driver } from '../engine/driver.ts';
import type {
  ExecutionResponse,
  PendingLists,
  UpdateRequest,
  UpdateResponse,
} from '../protocol/messages.ts';
import { type Reply, rejected } from '../protocol/rejections.ts';

type AnyResponse = {
  readonly [K in keyof (ExecutionResponse & PendingLists & UpdateResponse)]?: unknown;
};

export type DeviceRequest = Extract<DeviceEffect, { type: 'request' }>;
export type Answer = Extract<DeviceInput, { type: 'accepted' | 'rejected' }>;

/**
 * The Jobs service without MQTT: a device's request becomes a command or a query. `answer` is called
 * before the effects of the command go out, both before this returns (reference §6.2).
 *
 * There is no wire, so nothing becomes text. It is not checked against AWS's model: devices are ours,
 * their profiles are checked when they are loaded, and a test holds all they say against the full check.
 */
export function serve(
  driver: Driver,
  thingName: string,
  request: DeviceRequest,
  now: Millis,
  answer: (answer: Answer) => void,
): void {
  const { operation, jobId = '$next', body } = request;
  if (request.isTorn === true) {
    const reply = rejected('InvalidJson', 'The payload is not a UTF-8 encoded JSON object.');
    answer(answerOf(request, undefined, reply, now));
    return;
  }
  const onReply = (reply: Reply<AnyResponse>) =>
    answer(answerOf(request, request.token, reply, now));
  switch (operation) {
    case 'get':
      onReply(getPending(driver.view, thingName));
      return;
    case 'describe':
      onReply(describeExecution(driver.view, thingName, jobId, body, now));
      return;
    case 'start-next':
      driver.submit({ type: 'start-next', thingName, request: body }, onReply);
      return;
    case 'update': {
      const update = body as UpdateRequest;
      driver.submit({ type: 'update-execution', thingName, jobId, request: update }, onReply);
    }
  }
}

function answerOf(
  { operation, token: sentToken }: DeviceRequest,
  token: string | undefined,
  reply: Reply<AnyResponse>,
  now: Millis,
): Answer {
  const timestamp = Math.floor(now / 1000);
  return reply.ok
    ? { type: 'accepted', operation, token: sentToken, body: bodyOf(reply.value, timestamp) }
    : { type: 'rejected', operation, token, body: refusalOf(reply.rejection, timestamp) };
}

/** Any answer, member by member: a spread of their shapes takes 0.5 us longer. */
function bodyOf(
  reply: AnyResponse,
  timestamp: number,
): AnyResponse & { readonly timestamp: number } {
  const { execution, executionState, jobDocument, inProgressJobs, queuedJobs } = reply;
  return { timestamp, execution, executionState, jobDocument, inProgressJobs, queuedJobs };
}

function refusalOf(
  { code, message, executionState }: Extract<Reply<object>, { ok: false }>['rejection'],
  timestamp: number,
) {
  return { code, message, timestamp, ...(executionState === undefined ? {} : { executionState }) };
}
