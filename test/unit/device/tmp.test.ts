import { it } from 'vitest';
import { behaviourNames } from '../../../src/device/behaviours.ts';
import { DeviceConversation } from '../../support/device-conversation.ts';
it.each(behaviourNames)('%s', (outcome) => {
  const talk = new DeviceConversation({ outcome, work: '40s', progress: { steps: 1 }, link: {reconnect: {jitter: 'none'}} });
  talk.feed({ type: 'start' });
  talk.runTo(10);
  talk.jobs.queue('job-1', 300_000);
  talk.runTo(600);
  talk.feed({ type: 'stop' });
  console.log(`${outcome}\n${talk.lines.slice(4).join('\n')}\n--${talk.jobs.statusOf('job-1')}`);
});
