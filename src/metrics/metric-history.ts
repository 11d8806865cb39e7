import { type LabelSet, type MetricTable, type Point, pointsOf } from './metric-table.ts';

/** Every second sample goes when there are so many; so a day takes no more room than two minutes. */
const samplesMax = 120;

/** One label set of one metric over the samples; undefined where it was not there yet. */
interface Track {
  readonly labels: LabelSet;
  readonly values: (Point['value'] | undefined)[];
}

/** What a table of metrics told from time to time, to be written down when all is over. */
export class MetricHistory<Facts> {
  readonly #table: MetricTable<Facts>;
  /** Wall milliseconds since the epoch, ascending. */
  #takenAt: number[] = [];
  #stride = 1;
  #offered = 0;
  /** By metric, then by the values of its labels. */
  readonly #tracks = new Map<string, Map<string, Track>>();

  constructor(table: MetricTable<Facts>) {
    this.#table = table;
  }

  get table(): MetricTable<Facts> {
    return this.#table;
  }

  get takenAt(): readonly number[] {
    return this.#takenAt;
  }

  /** To be called at a steady pace; how many of the offers are taken follows from how many there are. */
  offer(at: number, read: () => Facts): void {
    const isNew = Math.round(at) > this.#lastAt;
    if (this.#offered++ % this.#stride === 0 && isNew) this.take(at, read());
  }

  /** Whatever the pace. Two samples differ by a millisecond at least, even if that is not quite true. */
  take(at: number, facts: Facts): void {
    if (this.#takenAt.length >= samplesMax) this.#thin();
    const place = this.#takenAt.push(Math.max(Math.round(at), this.#lastAt + 1)) - 1;
    for (const [name, row] of Object.entries(this.#table)) {
      for (const { labels, value } of pointsOf(row, facts)) {
        this.#track(name, labels).values[place] = value;
      }
    }
  }

  /** The label sets of a metric in the order in which they came up. */
  tracks(name: string): Iterable<Track> {
    return this.#tracks.get(name)?.values() ?? [];
  }

  /** Puts in what became known only later; `valueAt` is asked for each sample by its place. */
  insert(
    name: string,
    labels: LabelSet,
    valueAt: (place: number) => Point['value'] | undefined,
  ): void {
    const { values } = this.#track(name, labels);
    for (const place of this.#takenAt.keys()) values[place] = valueAt(place);
  }

  get #lastAt(): number {
    return this.#takenAt.at(-1) ?? 0;
  }

  #track(name: string, labels: LabelSet): Track {
    let ofMetric = this.#tracks.get(name);
    if (ofMetric === undefined) {
      ofMetric = new Map();
      this.#tracks.set(name, ofMetric);
    }
    const key = JSON.stringify(Object.values(labels));
    let track = ofMetric.get(key);
    if (track === undefined) {
      track = { labels, values: [] };
      ofMetric.set(key, track);
    }
    return track;
  }

  #thin(): void {
    const keeps = (_: unknown, place: number) => place % 2 === 0;
    this.#takenAt = this.#takenAt.filter(keeps);
    this.#stride *= 2;
    for (const ofMetric of this.#tracks.values()) {
      for (const { values } of ofMetric.values()) {
        // Holes stay where they are: `filter` would close them.
        const kept = Array.from(values).filter(keeps);
        values.splice(0, values.length, ...kept);
      }
    }
  }
}
