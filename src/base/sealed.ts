import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from 'node:crypto';

/**
 * A sealed text is one line of ASCII, its bytes in base64url:
 *
 *     fleetrig-sealed:v1:<salt, 16 bytes>:<nonce, 12 bytes>:<tag, 16 bytes>:<ciphertext>
 *
 * AES-256-GCM of the UTF-8 text; the key is scrypt (N 2^15, r 8, p 1) of passphrase and salt; the first
 * three parts, with their colons, are authenticated too. Anything else is another version.
 */
const version = 'fleetrig-sealed:v1';
const pattern = /^fleetrig-sealed:v1:([\w-]{22}):([\w-]{16}):([\w-]{22}):([\w-]*)\s*$/;

const saltBytes = 16;
const nonceBytes = 12;
const keyBytes = 32;
/** That takes 32 MiB and a little more: just past Node's own limit. */
const scryptTerms: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
/** A store has one salt as long as it is written by one process; what is mixed from more costs time only. */
const keysMax = 64;

export function isSealed(text: string): boolean {
  return text.startsWith('fleetrig-sealed:');
}

/**
 * Seals and opens texts with one passphrase. Deriving a key takes a tenth of a second, so all that one
 * object seals has one salt, and a key is derived once for each salt that it opens.
 */
export class Sealer {
  readonly #passphrase: string;
  readonly #salt = randomBytes(saltBytes).toString('base64url');
  readonly #keys = new Map<string, Promise<Buffer>>();

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  async seal(text: string): Promise<string> {
    const nonce = randomBytes(nonceBytes);
    const head = `${version}:${this.#salt}:`;
    const cipher = createCipheriv('aes-256-gcm', await this.#keyOf(this.#salt), nonce);
    cipher.setAAD(Buffer.from(head));
    const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const rest = [nonce, cipher.getAuthTag(), bytes].map((part) => part.toString('base64url'));
    return `${head}${rest.join(':')}\n`;
  }

  /** Throws an Error, which tells nothing of the text, for what was not sealed with this passphrase. */
  async open(sealed: string): Promise<string> {
    const [, salt, nonce = '', tag = '', bytes = ''] = pattern.exec(sealed) ?? [];
    if (salt === undefined) throw new Error('it is not sealed in a way that is known here');
    const key = await this.#keyOf(salt);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
    decipher.setAAD(Buffer.from(`${version}:${salt}:`));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    try {
      const opened = [decipher.update(Buffer.from(bytes, 'base64url')), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch (cause) {
      throw new Error('it is sealed with another passphrase, or was changed', { cause });
    }
  }

  #keyOf(salt: string): Promise<Buffer> {
    const known = this.#keys.get(salt);
    if (known !== undefined) return known;
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= keysMax && oldest !== undefined) this.#keys.delete(oldest);
    const key = derive(this.#passphrase, Buffer.from(salt, 'base64url'));
    this.#keys.set(salt, key);
    return key;
  }
}

/** Off the thread: a worker that opens the first key of a fleet must not stand still meanwhile. */
function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, keyBytes, scryptTerms, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
