import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { generate, type IConnectPacket, parser } from 'mqtt-packet';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Sealer } from '../../src/base/sealed.ts';
import { CertificateAuthority } from '../../src/emulator/certificate-authority.ts';
import { WebSocketListener } from '../../src/emulator/websocket-listener.ts';
import { openIdentifiedLink } from '../../src/fleet/identified-link.ts';
import { identityReader } from '../../src/fleet/identity-files.ts';
import type { DeviceLink, Endpoint, LinkEvents, LinkOptions } from '../../src/fleet/link.ts';
import { type ClientKind, openerOf } from '../../src/fleet/link-kinds.ts';
import { acceptedTopic, notifyNextTopic, requestTopic } from '../../src/protocol/topics.ts';
import { startBroker } from '../support/broker.ts';
import { temporaryFolder } from '../support/cli.ts';
import { collectingLogger } from '../support/collecting-logger.ts';
import { createDevice, ownJobsPolicy, startSecureEmulator } from '../support/identity.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** The ways in that AWS offers to devices, beside a certificate on 8883 (reference §9.1). */

const thingName = 'pump-1';
const describeNext = requestTopic({ operation: 'describe', thingName, jobId: '$next' });
const variants = (['mqttjs', 'packet'] as const).flatMap((client) =>
  ([4, 5] as const).map((version) => [client, version] as const),
);

interface Opened {
  readonly link: DeviceLink;
  /** The next thing the link tells, in words. */
  next(): Promise<string>;
}

function listening(open: (events: LinkEvents) => DeviceLink): Opened {
  const told: string[] = [];
  let wake = (): void => undefined;
  const tell = (text: string) => {
    told.push(text);
    wake();
  };
  const link = open({
    opening: () => tell('opening'),
    connected: (sessionPresent) => tell(`connected, session ${sessionPresent}`),
    closed: (reason) => tell(`closed: ${reason}`),
    message: (topic, payload) => tell(`${topic} ${new TextDecoder().decode(payload)}`),
  });
  onTestFinished(() => link.disconnect(false));
  const next = async (): Promise<string> => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift() ?? '';
  };
  return { link, next };
}

function optionsFor(endpoint: Endpoint, more: Partial<LinkOptions> = {}): LinkOptions {
  return {
    endpoint,
    clientId: thingName,
    protocolVersion: 4,
    isCleanSession: true,
    keepAliveSeconds: 60,
    ...more,
  };
}

function openLink(client: ClientKind, options: LinkOptions): Opened {
  return listening((events) => openerOf(client, new ManualClock())(options, events));
}

let authority: CertificateAuthority;
let server: { readonly key: string; readonly cert: string };
let tls: { readonly caPem: string; readonly servername: string };

beforeEach(async () => {
  authority ??= await CertificateAuthority.create();
  const { privateKeyPem: key, certificatePem: cert } = await authority.issueServer(['localhost']);
  server = { key, cert };
  tls = { caPem: authority.pems.certificatePem, servername: 'localhost' };
});

describe.each(variants)('a custom authorizer, %s, protocol level %d', (client, protocolVersion) => {
  /** Lets everyone in, and keeps what they said. */
  async function startAuthorizer() {
    const heard: { alpn: string | false | null; connect: IConnectPacket }[] = [];
    const listener = createTlsServer({ ...server, ALPNProtocols: ['mqtt'] }, (socket) => {
      const parsing = parser({ protocolVersion });
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => parsing.parse(bytes));
      parsing.on('packet', (packet) => {
        if (packet.cmd !== 'connect') return;
        heard.push({ alpn: socket.alpnProtocol, connect: packet });
        const accepting = { returnCode: 0, reasonCode: 0, sessionPresent: false };
        socket.write(generate({ cmd: 'connack', ...accepting }, { protocolVersion }));
      });
      onTestFinished(() => {
        socket.destroy();
      });
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    onTestFinished(() => {
      listener.close();
    });
    return { heard, port: (listener.address() as AddressInfo).port };
  }

  it('is told user name and password, by ALPN mqtt', async () => {
    const { heard, port } = await startAuthorizer();
    const access = { kind: 'login', userName: 'me?x-amz-customauthorizer-name=a', password: 'pw' };
    const endpoint = { host: '127.0.0.1', port, tls, access } as const satisfies object;
    const { link, next } = openLink(client, optionsFor(endpoint as Endpoint, { protocolVersion }));

    link.connect();

    expect(await next()).toBe('connected, session false');
    const { alpn, connect } = heard[0] ?? {};
    expect(alpn).toBe('mqtt');
    expect(connect?.username).toBe('me?x-amz-customauthorizer-name=a');
    expect(String(connect?.password)).toBe('pw');
  });
});

describe.each([4, 5] as const)('MQTT over WebSocket, protocol level %d', (protocolVersion) => {
  const region = 'us-east-1';
  const good = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'to/k+en=' };

  /** A broker behind HTTPS that takes what AKIDEXAMPLE has signed. */
  async function startSigned() {
    const { broker, lifecycle } = await startBroker({
      answer: (broker, { client, topic, payload }) =>
        broker.reply(client, acceptedTopic(topic), payload),
    });
    const { log, entries } = collectingLogger();
    const signers = { keys: { AKIDEXAMPLE: 'secret' }, region };
    const https = createHttpsServer(server);
    new WebSocketListener({ broker, log, signers }).serve(https);
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    onTestFinished(() => {
      https.closeAllConnections();
      https.close();
    });
    const { port } = https.address() as AddressInfo;
    const access = { kind: 'sigv4', region } as const;
    const endpoint: Endpoint = { host: '127.0.0.1', port, tls, access };
    return { broker, lifecycle, endpoint, flaws: () => entries('WebSocket refused') };
  }

  it('signs the URL, and talks both ways', async () => {
    const { broker, endpoint } = await startSigned();
    const options = optionsFor(endpoint, { protocolVersion, credentials: () => good });
    const { link, next } = openLink('mqttjs', options);
    const payload = 'x'.repeat(100_000);

    link.connect();
    expect(await next()).toBe('connected, session false');
    const filters = [notifyNextTopic(thingName)];
    expect(await new Promise((resolve) => link.subscribe(filters, resolve))).toBeUndefined();
    link.publish(describeNext, '{"clientToken":"1"}');
    expect(await next()).toBe(`${describeNext}/accepted {"clientToken":"1"}`);
    broker.publish(notifyNextTopic(thingName), payload, { qos: 1 });

    expect(await next()).toBe(`${notifyNextTopic(thingName)} ${payload}`);
  });

  it('is refused with keys that are wrong, and signs the next connect with those of then', async () => {
    const { endpoint, flaws } = await startSigned();
    let credentials = { ...good, secretAccessKey: 'old' };
    const options = optionsFor(endpoint, { protocolVersion, credentials: () => credentials });
    const { link, next } = openLink('mqttjs', options);

    link.connect();
    expect(await next()).toBe('closed: upgrade-403');
    expect(flaws()).toEqual([expect.objectContaining({ reason: 'the signature does not match' })]);
    credentials = good;
    link.connect();

    expect(await next()).toBe('connected, session false');
  });

  it.each([
    ['says goodbye', true, 'CLIENT_INITIATED_DISCONNECT'],
    ['just goes', false, 'CONNECTION_LOST'],
  ])('%s, even with a request on its way, and can come back', async (_, graceful, reason) => {
    const { endpoint, lifecycle } = await startSigned();
    const options = optionsFor(endpoint, { protocolVersion, credentials: () => good });
    const { link, next } = openLink('mqttjs', options);
    link.connect();
    await next();

    link.publish(describeNext, '{}');
    link.disconnect(graceful);

    let told = await next();
    // Unlike a socket, a WebSocket still tells what came before its end.
    if (told.startsWith(describeNext)) told = await next();
    expect(told).toBe('closed: closed');
    await vi.waitFor(() =>
      expect(lifecycle.at(-1)).toMatchObject({ type: 'disconnected', reason }),
    );
    link.connect();
    expect(await next()).toBe('connected, session false');
  });

  it('is given up before it is open', async () => {
    const { endpoint } = await startSigned();
    const options = optionsFor(endpoint, { protocolVersion, credentials: () => good });
    const { link, next } = openLink('mqttjs', options);

    link.connect();
    link.disconnect(true);

    expect(await next()).toBe('closed: closed');
  });

  it('keeps away from a server that its authority does not vouch for', async () => {
    const { endpoint } = await startSigned();
    const other = await CertificateAuthority.create();
    const elsewhere = { ...tls, caPem: other.pems.certificatePem };
    const { link, next } = openLink(
      'mqttjs',
      optionsFor({ ...endpoint, tls: elsewhere } as Endpoint, { credentials: () => good }),
    );

    link.connect();

    expect(await next()).toMatch(
      /^closed: (unable_to_verify_leaf_signature|cert_signature_failure)$/,
    );
  });
});

describe.each(['mqttjs', 'packet'] as const)('a thing with files of its own, %s', (client) => {
  async function startThing(passphrase?: string) {
    const { emulator, control, ca: caPem } = await startSecureEmulator();
    const { certificatePem, privateKey } = await createDevice(control, thingName, ownJobsPolicy);
    const folder = temporaryFolder();
    const keyPath = join(folder, `${thingName}.pem.key`);
    const write = async () => {
      await writeFile(join(folder, `${thingName}.pem.crt`), certificatePem);
      const sealed = passphrase && (await new Sealer(passphrase).seal(privateKey));
      await writeFile(keyPath, sealed ?? privateKey);
    };
    const endpoint: Endpoint = {
      host: '127.0.0.1',
      port: emulator.mqtts?.port ?? 0,
      tls: { caPem, servername: 'localhost' },
      access: { kind: 'certificate' },
    };
    const files = {
      certificatePath: join(folder, '{thing}.pem.crt'),
      keyPath: join(folder, '{thing}.pem.key'),
    };
    const troubles: string[] = [];
    const opened = (secret: string | undefined = passphrase) =>
      listening((events) =>
        openIdentifiedLink(
          openerOf(client, new ManualClock()),
          () => identityReader({ ...files, passphrase: secret })(thingName),
          (message) => troubles.push(message),
          optionsFor(endpoint),
          events,
        ),
      );
    return { write, opened, troubles, folder, keyPath };
  }

  it.each([undefined, 'correct horse'])(
    'connects as itself, again and again (passphrase %s)',
    async (passphrase) => {
      const { write, opened, troubles } = await startThing(passphrase);
      await write();
      const { link, next } = opened();

      for (const _ of [1, 2]) {
        link.connect();
        expect(await next()).toBe('opening');
        expect(await next()).toBe('connected, session false');
        link.publish(describeNext, '{"clientToken":"1"}');
        expect(await next()).toMatch(/\/get\/accepted .*"clientToken":"1"/);
        link.disconnect(true);
        expect(await next()).toBe('closed: closed');
      }

      expect(troubles).toEqual([]);
    },
  );

  it('says which file it misses, and connects once it is there', async () => {
    const { write, opened, troubles, folder } = await startThing();
    const { link, next } = opened();

    link.connect();
    expect(await next()).toBe('closed: identity');
    expect(troubles).toEqual([
      expect.stringMatching(
        `^pump-1 has no identity to connect with: cannot read ${folder}/pump-1.pem.(crt|key): it is not there$`,
      ),
    ]);
    await write();
    link.connect();

    expect(await next()).toBe('opening');
    expect(await next()).toBe('connected, session false');
  });

  it('says that a key is sealed with another passphrase, and nothing of the key', async () => {
    const { write, opened, troubles, keyPath } = await startThing('correct horse');
    await write();
    const { link, next } = opened('wrong horse');

    link.connect();

    expect(await next()).toBe('closed: identity');
    expect(troubles).toEqual([
      `pump-1 has no identity to connect with: cannot open ${keyPath}: it is sealed with another passphrase, or was changed`,
    ]);
  });

  it('says so when a file is no key', async () => {
    const { write, opened, troubles, keyPath } = await startThing();
    await write();
    await writeFile(keyPath, 'nothing');
    const { link, next } = opened();

    link.connect();

    expect(await next()).toBe('closed: identity');
    expect(troubles).toEqual([expect.stringMatching(/^pump-1 has no identity .* its files: /)]);
  });

  it('is not opened when it was given up while its files were read', async () => {
    const { write, opened } = await startThing();
    await write();
    const { link, next } = opened();

    link.connect();
    link.disconnect(true);

    expect(await next()).toBe('closed: closed');
  });
});
