import type { IoTClient } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { wireNames } from '../../../src/cloud/wire-names.ts';
import type { LinkEvents, LinkOptions } from '../../../src/fleet/link.ts';
import { Collector } from '../../../src/run/collector.ts';
import { EventObserver } from '../../../src/run/event-observer.ts';
import { JobWatch } from '../../../src/run/job-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const names = wireNames({ prefix: 'fr-1a2b3c4d-', hasOwnThings: true, hasOwnGroups: true });
const topicOf = (operation: string) => `$aws/events/job/fr-1a2b3c4d-fw/${operation}`;
const canceled = Buffer.from(
  JSON.stringify({ eventId: 'e1', timestamp: 1_700_000_000, lastUpdatedAt: 1_700_000_000_123 }),
);

/** A broker that takes and refuses what it is told to. */
function observerOf({ refusal }: { refusal?: string } = {}) {
  const clock = new ManualClock();
  const collector = new Collector(
    () => 0,
    () => undefined,
  );
  const link = { connects: 0, filters: [] as string[][], left: false };
  let events: LinkEvents | undefined;
  let options: LinkOptions | undefined;
  const heard: unknown[] = [];
  const observer = new EventObserver({
    openLink: (given, wanted) => {
      options = given;
      events = wanted;
      return {
        connect: () => {
          link.connects++;
        },
        subscribe: (filters, done) => {
          link.filters.push([...filters]);
          done(refusal);
        },
        publish: () => undefined,
        disconnect: () => {
          link.left = true;
          events?.closed('closed');
        },
      };
    },
    endpoint: { host: 'localhost', port: 443 },
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    names,
    clock,
    collector,
    onEvent: (event) => heard.push(event),
  });
  const up = async () => {
    const opened = observer.open();
    await turns();
    events?.connected(false);
    await opened;
  };
  const told = () => collector.events.map(({ message }) => message);
  return { clock, link, observer, heard, told, up, broker: () => events, options: () => options };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

it('signs with the credentials of now, and hears of the jobs of the run alone', async () => {
  const { link, observer, heard, told, up, broker, options } = observerOf();
  const watch = new JobWatch('fw', {});
  await up();
  await observer.follow(watch);
  const iot = { send: async () => ({ job: { status: 'IN_PROGRESS' } }) } as unknown as IoTClient;
  await watch.look(iot, undefined, 1000);
  expect(watch.lookedAt).toBe(1000);

  broker()?.message(topicOf('canceled'), canceled);
  broker()?.message(topicOf('canceled'), canceled);
  broker()?.message('$aws/events/job/fr-1a2b3c4d-other/canceled', canceled);

  expect(options()?.credentials?.()).toMatchObject({ accessKeyId: 'AKID' });
  expect(options()?.clientId).toBe('fr-1a2b3c4d-observer');
  expect(link.filters).toEqual([
    ['$aws/events/job/fr-1a2b3c4d-fw/+', '$aws/events/jobExecution/fr-1a2b3c4d-fw/+'],
  ]);
  expect(watch.events).toMatchObject({ received: 1, duplicates: 1 });
  expect(watch.canceledAt).toBe(1_700_000_000_123);
  expect(watch.lookedAt).toBe(Number.NEGATIVE_INFINITY);
  expect(heard).toHaveLength(1);
  expect(told()).toEqual([]);
});

it('comes back after a lost connection, and says once that it was away', async () => {
  const { clock, link, observer, told, up, broker } = observerOf();
  for (const jobId of ['a', 'b', 'c', 'd', 'e']) await observer.follow(new JobWatch(jobId, {}));
  await up();
  expect(link.filters.map(({ length }) => length)).toEqual([8, 2]);

  for (const away of [1, 2]) {
    broker()?.closed('econnreset');
    clock.advanceTo(clock.now() + 2000);
    await turns();
    broker()?.connected(false);
    expect(link).toMatchObject({ connects: 1 + away });
    expect(link.filters.flat()).toHaveLength(10 * (1 + away));
  }
  expect(told()).toEqual([expect.stringMatching(/not all heard.*econnreset/)]);
});

it('holds nobody up where it cannot connect, or nobody answers', async () => {
  const { clock, observer, told } = observerOf();
  let isOpen = false;
  const opened = observer.open().then(() => {
    isOpen = true;
  });
  await turns();
  expect(isOpen).toBe(false);
  clock.advanceTo(15_000);
  await opened;
  await observer.follow(new JobWatch('fw', {}));

  expect(told()).toEqual([expect.stringMatching(/no connection/)]);
});

it('says what it may not subscribe to', async () => {
  const { observer, told, up } = observerOf({ refusal: 'suback-128' });
  await up();
  await observer.follow(new JobWatch('fw', {}));

  expect(told()).toEqual([expect.stringMatching(/suback-128.*iot:Subscribe/)]);
});

it('does not come back once it has left', async () => {
  const { clock, link, observer, told, up } = observerOf();
  await up();

  observer.close();
  clock.advanceTo(60_000);
  await turns();

  expect(link).toMatchObject({ left: true, connects: 1 });
  expect(told()).toEqual([]);
});
