import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { lineLogger } from '../../../src/base/log.ts';
import { HttpServer } from '../../../src/emulator/http-server.ts';
import { Service, ServiceFailure } from '../../../src/emulator/service.ts';
import { defaultDialect } from '../../../src/protocol/dialect.ts';
import { defaultAccount } from '../../../src/protocol/names.ts';
import { frozenClock, urlOf } from '../../support/emulator.ts';

/** A server all of whose parts throw `error`, and what it logs. */
async function startFailing(error: Error, plane?: 'data') {
  const lines: string[] = [];
  const fail = () => Promise.reject(error);
  const server = new HttpServer({
    api: { answer: fail },
    admin: { answer: fail },
    objects: {
      serve: async (_, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('x');
        throw error;
      },
    },
    log: lineLogger((line) => lines.push(line)),
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 }, 'test', plane);
  onTestFinished(() => server.close());
  return { url: urlOf(address), lines };
}

it.each([
  ['the control plane', '/things/t', undefined, 500, 'InternalFailureException'],
  ['the data plane', '/things/t/jobs/j', undefined, 503, 'ServiceUnavailableException'],
  ['the data plane’s port', '/nowhere', 'data', 503, 'ServiceUnavailableException'],
  ['the admin', '/_fleetrig/%', undefined, 500, 'InternalFailureException'],
] as const)('answers and logs an error within %s', async (_, path, plane, status, errorType) => {
  const { url, lines } = await startFailing(new Error('slipped'), plane);

  const answer = await fetch(`${url}${path}`, { method: 'POST' });

  expect(answer.status).toBe(status);
  expect(answer.headers.get('x-amzn-errortype')).toBe(errorType);
  expect(await answer.json()).toEqual({
    message: 'An unexpected error has occurred.',
    traceId: answer.headers.get('x-amzn-requestid'),
  });
  expect(lines).toEqual([expect.stringMatching(/^error HTTP request failed.*slipped/)]);
});

it('breaks off an answer that has begun', async () => {
  const { url, lines } = await startFailing(new Error('slipped'));

  await expect(fetch(`${url}/_s3/b/k`).then((answer) => answer.text())).rejects.toThrow();
  expect(lines).toHaveLength(1);
});

it('lets a failure of the service end the process', async () => {
  const failure = new ServiceFailure('create-job', new Error('half done'));
  const { url } = await startFailing(failure);
  // The test runner's own listeners would take it for a failed test.
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
  const uncaught = once(process, 'uncaughtException');

  await expect(fetch(`${url}/things/t`)).rejects.toThrow();

  expect((await uncaught)[0]).toBe(failure);
});

it('names it when a command breaks off', () => {
  const service = new Service({
    account: defaultAccount,
    dialect: defaultDialect,
    seed: 'test',
    clock: frozenClock(),
    emit: () => undefined,
  });
  onTestFinished(() => service.stop());
  const submit = () =>
    service.submit({ type: 'provision', thingNames: ['t'] }, () => {
      throw new Error('half done');
    });

  expect(submit).toThrow(ServiceFailure);
  expect(submit).toThrow('provision broke off: half done');
});
