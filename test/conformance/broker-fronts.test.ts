import { describe } from 'vitest';
import { serveThroughFronts } from '../support/broker.ts';

// The same tests, and no client can tell the difference.
describe('through a front', async () => {
  serveThroughFronts();
  await import('./broker-connect.test.ts');
  await import('./broker-jobs-requests.test.ts');
  await import('./broker-mqttjs.test.ts');
  await import('./broker-publish.test.ts');
  await import('./broker-robustness.test.ts');
  await import('./broker-sessions.test.ts');
  await import('./broker-subscribe.test.ts');
});
