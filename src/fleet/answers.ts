import type { DeviceInput } from '../device/io.ts';
import type {
  DeviceOperation,
  NotifyMessage,
  NotifyNextMessage,
  RejectedResponse,
} from '../protocol/messages.ts';

/** What the service sends to a device, as far as a device takes notice. */
export type ServiceMessage = Extract<
  DeviceInput,
  { type: 'accepted' | 'rejected' | 'notify' | 'notify-next' }
>;

/**
 * Reads a message by its topic and clientToken (reference §6.1). `prefix` is `$aws/things/<thing>/jobs/`.
 * Undefined for what no device asked for and for what is not JSON.
 */
export function readServiceMessage(
  prefix: string,
  topic: string,
  payload: Buffer,
): ServiceMessage | undefined {
  if (!topic.startsWith(prefix)) return undefined;
  const body = parseObject(payload);
  if (body === undefined) return undefined;
  const below = topic.slice(prefix.length);
  const verdictAt = below.lastIndexOf('/');
  if (verdictAt === -1) return readNotice(below, body);
  const operation = operationOf(below.slice(0, verdictAt));
  const verdict = below.slice(verdictAt + 1);
  return operation === undefined ? undefined : readAnswer(operation, verdict, body);
}

function readNotice(suffix: string, body: object): ServiceMessage | undefined {
  if (suffix === 'notify') return { type: 'notify', message: body as NotifyMessage };
  if (suffix === 'notify-next') return { type: 'notify-next', message: body as NotifyNextMessage };
  return undefined;
}

/** Of `get`, `start-next`, `<jobId>/get` and `<jobId>/update`. Found without making a list of the levels. */
function operationOf(request: string): DeviceOperation | undefined {
  const jobIdEnd = request.indexOf('/');
  if (jobIdEnd === -1) return request === 'get' || request === 'start-next' ? request : undefined;
  if (request.endsWith('/update') && jobIdEnd === request.length - 7) return 'update';
  return request.endsWith('/get') && jobIdEnd === request.length - 4 ? 'describe' : undefined;
}

function readAnswer(
  operation: DeviceOperation,
  verdict: string,
  body: { readonly clientToken?: unknown },
): ServiceMessage | undefined {
  const token = typeof body.clientToken === 'string' ? body.clientToken : undefined;
  if (verdict === 'rejected') {
    return { type: 'rejected', operation, token, body: body as RejectedResponse };
  }
  // A device of ours always sends a token, so an answer without one is for somebody else.
  if (verdict !== 'accepted' || token === undefined) return undefined;
  return { type: 'accepted', operation, token, body };
}

function parseObject(payload: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
