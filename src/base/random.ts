/** A stream of pseudo-random draws. The same key gives the same draws, on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
  /** Uniform integer in [0, below). */
  int(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** A stream of its own that depends on this stream's key and `name`, never on draws made so far. */
  fork(name: string): Random;
}

export function seededRandom(key: string): Random {
  return new Sfc32(key);
}

/**
 * sfc32 (Chris Doty-Humphrey's PractRand), keyed by a 128-bit hash of the stream's name. Most streams
 * are only there to be forked, so it is not hashed before the first draw.
 */
class Sfc32 implements Random {
  readonly #key: string;
  #isKeyed = false;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  constructor(key: string) {
    this.#key = key;
  }

  next(): number {
    if (!this.#isKeyed) this.#hashKey();
    return this.#draw();
  }

  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  fork(name: string): Random {
    return new Sfc32(`${this.#key}/${name}`);
  }

  #draw(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  }

  /** 128 bits, well mixed: four multiplicative lanes with a final avalanche. */
  #hashKey(): void {
    const key = this.#key;
    let a = 0x9e37_79b9;
    let b = 0x243f_6a88;
    let c = 0xb7e1_5162;
    let d = 0x7137_4491;
    for (let index = 0; index < key.length; index++) {
      const unit = key.charCodeAt(index);
      a = b ^ Math.imul(a ^ unit, 0x8529_7a4d);
      b = c ^ Math.imul(b ^ unit, 0x68e3_1da5);
      c = d ^ Math.imul(c ^ unit, 0xb529_7a4d);
      d = a ^ Math.imul(d ^ unit, 0x1b56_c4e9);
    }
    this.#isKeyed = true;
    this.#a = avalanche(a);
    this.#b = avalanche(b ^ 1);
    this.#c = avalanche(c ^ 2);
    this.#counter = avalanche(d ^ 3);
    for (let round = 0; round < 12; round++) this.#draw();
  }
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
