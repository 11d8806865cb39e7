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
  return unnamed.extended(key, 0);
}

/**
 * sfc32 (Chris Doty-Humphrey's PractRand), keyed by a 128-bit hash of the stream's name: four
 * multiplicative lanes and, at the first draw, a final avalanche. A fork goes on with its parent's lanes
 * where their name ended, so no name is ever put together or hashed twice.
 */
class Sfc32 implements Random {
  /** The hash of the name; not to be changed by draws. */
  readonly #laneA: number;
  readonly #laneB: number;
  readonly #laneC: number;
  readonly #laneD: number;
  #isKeyed = false;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  constructor(a: number, b: number, c: number, d: number) {
    this.#laneA = a;
    this.#laneB = b;
    this.#laneC = c;
    this.#laneD = d;
  }

  next(): number {
    if (!this.#isKeyed) this.#begin();
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
    return this.extended(name, -1);
  }

  /** With more of the name: a slash before it, when it is read from -1. */
  extended(name: string, from: number): Sfc32 {
    let a = this.#laneA;
    let b = this.#laneB;
    let c = this.#laneC;
    let d = this.#laneD;
    for (let index = from; index < name.length; index++) {
      const unit = index < 0 ? slash : name.charCodeAt(index);
      a = b ^ Math.imul(a ^ unit, 0x8529_7a4d);
      b = c ^ Math.imul(b ^ unit, 0x68e3_1da5);
      c = d ^ Math.imul(c ^ unit, 0xb529_7a4d);
      d = a ^ Math.imul(d ^ unit, 0x1b56_c4e9);
    }
    return new Sfc32(a, b, c, d);
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

  /** From the hash to the first state, well mixed. */
  #begin(): void {
    this.#isKeyed = true;
    this.#a = avalanche(this.#laneA);
    this.#b = avalanche(this.#laneB ^ 1);
    this.#c = avalanche(this.#laneC ^ 2);
    this.#counter = avalanche(this.#laneD ^ 3);
    for (let round = 0; round < 12; round++) this.#draw();
  }
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a_2d97);
  return mixed ^ (mixed >>> 15);
}

const slash = '/'.charCodeAt(0);
const unnamed = new Sfc32(0x9e37_79b9 | 0, 0x243f_6a88, 0xb7e1_5162 | 0, 0x7137_4491);
