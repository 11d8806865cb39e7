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

/** sfc32 (Chris Doty-Humphrey's PractRand), keyed by a 128-bit hash of the stream's name. */
class Sfc32 implements Random {
  readonly #key: string;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(key: string) {
    this.#key = key;
    const [a, b, c, d] = hash128(key);
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = d;
    for (let round = 0; round < 12; round++) this.next();
  }

  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
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
}

/** 128 bits of a string, well mixed (four multiplicative lanes with a final avalanche). */
function hash128(text: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [
    0x9e37_79b9, 0x243f_6a88, 0xb7e1_5162, 0x7137_4491,
  ];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    lanes[0] = lanes[1] ^ Math.imul(lanes[0] ^ unit, 0x8529_7a4d);
    lanes[1] = lanes[2] ^ Math.imul(lanes[1] ^ unit, 0x68e3_1da5);
    lanes[2] = lanes[3] ^ Math.imul(lanes[2] ^ unit, 0xb529_7a4d);
    lanes[3] = lanes[0] ^ Math.imul(lanes[3] ^ unit, 0x1b56_c4e9);
  }
  return [
    avalanche(lanes[0]),
    avalanche(lanes[1] ^ 1),
    avalanche(lanes[2] ^ 2),
    avalanche(lanes[3] ^ 3),
  ];
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
