import type { Millis } from '../base/clock.ts';
import type { DeviceEffect, DeviceInput } from '../device/io.ts';
import { describeExecution, getPending } from '../engine/device-queries.ts';
import type { Driver } from '../engine/driver.ts';
import type { DescribeRequest, StartNextRequest, UpdateRequest } from '../protocol/messages.ts';
import { type Reply, rejected } from '../protocol/rejections.ts';

export type DeviceRequest = Extract<DeviceEffect, { type: 'request' }>;
export type Answer = Extract<DeviceInput, { type: 'accepted' | 'rejected' }>;

/**
 * The Jobs service without MQTT: a device's request becomes a command or a query. `answer` is called
 * before the effects of the command go out, both before this returns (reference §6.2).
 *
 * The payload is read once, as JSON. It is not checked against AWS's model: devices are ours, their
 * profiles are checked when they are loaded, and a test holds all they say against the full check.
 */
export function serve(
  driver: Driver,
  thingName: string,
  request: DeviceRequest,
  now: Millis,
  answer: (answer: Answer) => void,
): void {
  const { operation, jobId = '$next' } = request;
  const body = parseObject(request.payload);
  if (body === undefined) {
    const reply = rejected('InvalidJson', 'The payload is not a UTF-8 encoded JSON object.');
    answer(answerOf(request, undefined, reply, now));
    return;
  }
  const onReply = (reply: Reply<object>) => answer(answerOf(request, request.token, reply, now));
  switch (operation) {
    case 'get':
      onReply(getPending(driver.view, thingName));
      return;
    case 'describe':
      onReply(describeExecution(driver.view, thingName, jobId, body as DescribeRequest, now));
      return;
    case 'start-next':
      driver.submit({ type: 'start-next', thingName, request: body as StartNextRequest }, onReply);
      return;
    case 'update': {
      const update = body as unknown as UpdateRequest;
      driver.submit({ type: 'update-execution', thingName, jobId, request: update }, onReply);
    }
  }
}

function answerOf(
  { operation, token: sentToken }: DeviceRequest,
  token: string | undefined,
  reply: Reply<object>,
  now: Millis,
): Answer {
  const timestamp = Math.floor(now / 1000);
  return reply.ok
    ? { type: 'accepted', operation, token: sentToken, body: { ...reply.value, timestamp } }
    : { type: 'rejected', operation, token, body: refusalOf(reply.rejection, timestamp) };
}

function refusalOf(
  { code, message, executionState }: Extract<Reply<object>, { ok: false }>['rejection'],
  timestamp: number,
) {
  return { code, message, timestamp, ...(executionState === undefined ? {} : { executionState }) };
}

function parseObject(payload: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
