/**
 * Loaded into the processes that a bench starts, and into their threads: SIGUSR2 has all of them collect
 * their garbage, so that what is weighed is what is alive.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const channel = new BroadcastChannel('fleetrig-bench-garbage');
channel.onmessage = collect;
channel.unref();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage('collect');
    collect();
  });
}
