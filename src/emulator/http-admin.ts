import { z } from 'zod';
import type { SteerableClock } from '../base/clock.ts';
import { parseJsonObject } from '../base/json.ts';
import { observeJob } from '../engine/job-queries.ts';
import { isThingName, thingNameOf } from '../protocol/names.ts';
import { type Reply, rejected } from '../protocol/rejections.ts';
import type { HttpAnswer, HttpRequest } from './http-api.ts';
import type { Service } from './service.ts';
import { dumpState } from './state-dump.ts';

export interface AdminOptions {
  readonly service: Service;
  readonly clock: SteerableClock;
  /** Called when the clock was steered. */
  onSteered?(): void;
  /** Figures of process and broker, for `stats`. */
  stats(): object;
  /** Prometheus exposition text, for `/metrics`. */
  metrics(): Promise<string>;
}

/** What provisioning in one request may ask for at most. */
const provisionedMax = 1_000_000;
/** Ten years: more is a slip of the finger, and would run every timer on the way. */
const advanceSecondsMax = 10 * 365 * 86_400;
/** The end of 2198: AWS's cron knows no year after 2199, and time never goes back. */
const latestAt = 7_226_582_400_000;

const steps = ['scale', 'freeze', 'resume', 'advanceSeconds', 'set', 'toNextEvent'] as const;

const ClockStep = z
  .strictObject({
    scale: z.number().positive().max(100_000),
    freeze: z.literal(true),
    resume: z.literal(true),
    advanceSeconds: z.number().min(0).max(advanceSecondsMax),
    set: z.number().describe('Simulated milliseconds since the epoch, not before now.'),
    toNextEvent: z.literal(true),
  })
  .partial()
  .refine((step) => Object.keys(step).length === 1, `Give one of ${steps.join(', ')}.`);
type ClockStep = z.output<typeof ClockStep>;

const ThingNames = z.array(z.string()).max(provisionedMax);

const Provision = z
  .strictObject({
    thingNames: ThingNames.optional(),
    pattern: z
      .string()
      .max(256)
      .optional()
      .describe('`pump-{index:05}`, for things from ≤ index < to.'),
    from: z.int().min(0).default(0),
    to: z.int().min(0).optional(),
    groupName: z.string().optional().describe('Created when it is missing.'),
  })
  .refine(
    ({ thingNames, pattern, to }) =>
      thingNames === undefined
        ? pattern !== undefined && to !== undefined
        : pattern === undefined && to === undefined,
    'Give either thingNames, or pattern and to.',
  )
  .refine(({ from, to = from }) => to >= from && to - from <= provisionedMax, {
    message: `from..to must hold 0 to ${provisionedMax} things.`,
  });
type Provision = z.output<typeof Provision>;

/** `/_fleetrig/…` and `/metrics`: what an operator or a harness needs and AWS does not offer. */
export class HttpAdmin {
  readonly #options: AdminOptions;

  constructor(options: AdminOptions) {
    this.#options = options;
  }

  /** Undefined when the request names nothing here. */
  async answer(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { service, clock, stats, metrics } = this.#options;
    const { method, path } = request;
    switch (`${method} ${path}`) {
      case 'GET /metrics':
        return {
          status: 200,
          contentType: 'text/plain; version=0.0.4; charset=utf-8',
          body: await metrics(),
        };
      case 'GET /_fleetrig/health':
        return json({ status: 'ok' });
      case 'GET /_fleetrig/stats':
        return json(stats());
      case 'GET /_fleetrig/state':
        return json(dumpState(service.view));
      case 'POST /_fleetrig/reset':
        service.reset();
        return json({});
      case 'GET /_fleetrig/clock':
        return json(clock.read());
      case 'POST /_fleetrig/clock':
        return withBody(request, ClockStep, (step) => {
          const answer = steer(clock, step);
          this.#options.onSteered?.();
          return answer;
        });
      case 'POST /_fleetrig/provision':
        return withBody(request, Provision, (order) => answerOf(provision(service, order)));
      default:
        return method === 'GET' ? observe(service, path) : undefined;
    }
  }
}

function observe(service: Service, path: string): HttpAnswer | undefined {
  const jobId = /^\/_fleetrig\/jobs\/([\w-]+)$/.exec(path)?.[1];
  return jobId === undefined ? undefined : answerOf(observeJob(service.view, jobId));
}

function steer(clock: SteerableClock, step: ClockStep): HttpAnswer {
  const now = clock.now();
  if (step.set !== undefined && step.set < now) {
    return refuse(`Simulated time is ${now} already; it never goes back.`);
  }
  const goal = step.set ?? now + (step.advanceSeconds ?? 0) * 1000;
  if (goal > now + advanceSecondsMax * 1000 || goal > latestAt) {
    return refuse(`At most ten years at once, and never past ${latestAt} (the year 2199).`);
  }
  if (step.scale !== undefined) clock.setScale(step.scale);
  if (step.freeze) clock.freeze();
  if (step.resume) clock.resume();
  if (step.advanceSeconds !== undefined) clock.advanceTo(clock.now() + step.advanceSeconds * 1000);
  if (step.set !== undefined) clock.advanceTo(step.set);
  if (step.toNextEvent) clock.advanceToNext();
  return json(clock.read());
}

/** The bulk registry path: many things and their group at once, with the effect of single calls. */
function provision(service: Service, order: Provision): Reply<object> {
  const { groupName, pattern = '', from, to = from } = order;
  if (!isThingName(thingNameOf(pattern || 'x', to))) {
    return rejected('InvalidRequest', `'${pattern}' makes no legal names.`);
  }
  const thingNames =
    order.thingNames ??
    Array.from({ length: to - from }, (_, index) => thingNameOf(pattern, from + index));
  const wrong = [...thingNames, ...(groupName === undefined ? [] : [groupName])].find(
    (name) => !isThingName(name),
  );
  if (wrong !== undefined) return rejected('InvalidRequest', `'${wrong}' is not a legal name.`);
  if (groupName !== undefined && !service.view.groups.has(groupName)) {
    const created = service.call({ type: 'create-group', groupName, attributes: {} });
    if (!created.ok) return created;
  }
  return service.call({
    type: 'provision',
    thingNames,
    ...(groupName === undefined ? {} : { groupName }),
  });
}

function withBody<T>(
  request: HttpRequest,
  schema: z.ZodType<T>,
  use: (value: T) => HttpAnswer,
): HttpAnswer {
  const body = parseJsonObject(request.body);
  if (body === undefined) return refuse('The request body is not a UTF-8 encoded JSON object.');
  const parsed = schema.safeParse(body);
  return parsed.success ? use(parsed.data) : refuse(z.prettifyError(parsed.error));
}

function answerOf(reply: Reply<object>): HttpAnswer {
  if (reply.ok) return json(reply.value);
  const { code, message } = reply.rejection;
  return { ...refuse(message), status: code === 'ResourceNotFound' ? 404 : 400 };
}

function json(value: object): HttpAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function refuse(message: string): HttpAnswer {
  return { status: 400, body: JSON.stringify({ message }) };
}
