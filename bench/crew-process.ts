/**
 * The entry of a process that runs things as a worker of an agent does, through any client and against
 * any broker. Told what by one message, it answers every later one with the figures so far.
 */
import { SteerableClock } from '../src/base/clock.ts';
import { Crew } from '../src/fleet/crew.ts';
import type { LinkOptions, OpenLink } from '../src/fleet/link.ts';
import { openMqttJsLink } from '../src/fleet/link-mqttjs.ts';
import { packetLinks } from '../src/fleet/link-packet.ts';
import type { Assignment } from '../src/fleet/wire.ts';
import { MergedMetrics } from '../src/metrics/recorder.ts';
import { jobsTopic } from '../src/protocol/topics.ts';
import type { BenchClient, CrewFigures, CrewTask } from './crew.ts';
import { openPlainLink } from './link-plain.ts';

const openers: Readonly<Record<BenchClient, () => OpenLink>> = {
  packet: () => packetLinks(new SteerableClock()),
  mqttjs: () => openMqttJsLink,
  plain: () => openPlainLink,
};
const metrics = new MergedMetrics();
let crew: Crew | undefined;

process.on('message', (task: CrewTask | 'read') => {
  if (task === 'read') process.send?.(read());
  else crew = start(task);
});
process.once('disconnect', () => process.exit(0));

function start({ assignment, client, isSubscribedToAnswers }: CrewTask): Crew {
  const open = openers[client]();
  const clock = new SteerableClock(assignment.clock);
  return new Crew(whole(assignment), 0, clock, isSubscribedToAnswers ? withAnswers(open) : open);
}

/** The one worker of the one agent has all things. */
function whole(assignment: CrewTask['assignment']): Assignment {
  return { ...assignment, agent: 0, agents: 1, workers: 1, client: 'packet' };
}

/** AWS answers who asks; other brokers only who has subscribed to the answers. */
function withAnswers(open: OpenLink): OpenLink {
  return (options, events) => {
    const link = open(options, events);
    const subscribe = link.subscribe.bind(link);
    link.subscribe = (filters, done) => subscribe([...filters, ...answersOf(options)], done);
    return link;
  };
}

function answersOf({ clientId }: LinkOptions): string[] {
  return ['+/get/+', '+/update/+'].map((suffix) => jobsTopic(clientId, suffix));
}

function read(): CrewFigures {
  if (crew !== undefined) metrics.add('crew', crew.takeDelta('crew').metrics);
  const accepted = (operation: string) => metrics.counter(`requests/${operation}/accepted`);
  return {
    connected: metrics.gauge('connected'),
    updates: accepted('update'),
    exchanges: accepted('update') + accepted('describe'),
    lost: metrics.counter('requests/update/lost') + metrics.counter('requests/describe/lost'),
  };
}
