import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Address } from '../../src/emulator/listen.ts';

/** Simulated seconds per second: stored messages come back faster, sessions live long enough. */
const scale = 50;

/** An emulator process on a data directory, made to be killed. */
export class CrashVictim {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #stderr: string[] = [];
  readonly ready: Promise<{ readonly http: Address; readonly mqtt: Address }>;

  constructor(dataDir: string) {
    const args = ['dist/cli/bin.js', 'emulate', '--port', '0', '--mqtt-port', '0', '--json'];
    this.#child = spawn(process.execPath, [...args, '--scale', `${scale}`, '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.on('data', (chunk) => this.#stderr.push(String(chunk)));
    this.ready = this.#firstLine().then((line) => JSON.parse(line));
    // One that is killed before it is ready is nobody's error.
    this.ready.catch(() => undefined);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #firstLine(): Promise<string> {
    if (this.#child.stdout !== null) {
      for await (const line of createInterface({ input: this.#child.stdout })) return line;
    }
    await this.#exited;
    throw new Error(`the emulator did not start: ${this.#stderr.join('')}`);
  }
}
