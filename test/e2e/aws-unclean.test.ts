import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';

/** An account that lets a group be made, refuses things, and does not answer any more when asked to delete. */
async function startStubbornAws(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'DELETE') {
      request.socket.destroy();
      return;
    }
    const isGroup = request.url?.startsWith('/thing-groups/') === true;
    response.statusCode = isGroup ? 200 : 403;
    response.setHeader('content-type', 'application/json');
    if (!isGroup) response.setHeader('x-amzn-errortype', 'AccessDeniedException');
    const arn = 'arn:aws:iot:us-east-1:123456789012:thinggroup/pumps';
    response.end(JSON.stringify(isGroup ? { thingGroupArn: arn } : { message: 'not allowed' }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('why a run could not begin is told, even where cleaning up fails too', async () => {
  const out = temporaryFolder();
  const set = (path: string, value: unknown) => ['--set', `target.aws.${path}=${value}`];
  const { code, stderr } = await runCli(
    [
      ...['run', 'test/e2e/aws.yaml', '--out', out, '--run-id', 'refused', '--yes'],
      ...set('region', 'us-east-1'),
      ...set('connect', 'websocket'),
      ...set('endpoints.iot', await startStubbornAws()),
      ...set('endpoints.mqtt.host', 'localhost'),
    ],
    {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      FLEETRIG_STATE_DIR: join(out, 'state'),
    },
  );

  expect(code, stderr).toBe(3);
  expect(stderr).toContain('AccessDeniedException: not allowed');
  expect(stderr).toContain('give the credentials the permissions');
  expect(stderr).toContain('cleaning up ended early: AWS could not be asked to clean up');
  expect(readFileSync(join(out, 'refused', 'resources.ndjson'), 'utf8')).toContain('-pumps"');
});
