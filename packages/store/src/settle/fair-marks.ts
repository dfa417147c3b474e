// Marks that wait in memory, each organisation's in its own line. Bounded in bytes: what does not fit
// is forgotten by whoever has most, so that one organisation's flood costs the others nothing; and
// taken in turns, so that it does not make them wait either.

/** What a mark costs beside its key, rounded up: an entry of a growing map, an object, two times. */
const MARK_BYTES = 224;
/** Forgetting costs a walk, so of a line this part is forgotten at once. */
const FORGOTTEN_PART = 16;

class Line<Mark> {
  readonly marks = new Map<string, Mark>();
  bytes = 0;
}

export class FairMarks<Mark> {
  readonly #bytes_max: number;
  #lines = new Map<string, Line<Mark>>();
  #size = 0;
  #held_bytes = 0;
  #forgotten = 0;
  /** The line with most bytes; null when that is to be looked up. */
  #longest: Line<Mark> | null = null;

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max;
  }

  get size(): number {
    return this.#size;
  }

  get held_bytes(): number {
    return this.#held_bytes;
  }

  /** Marks that did not fit, ever. */
  get forgotten(): number {
    return this.#forgotten;
  }

  sizeOf(org_id: string): number {
    return this.#lines.get(org_id)?.marks.size ?? 0;
  }

  /** A mark that was never set but would have been lost all the same. */
  forget(): void {
    this.#forgotten++;
  }

  /** Sets a mark; `join` makes one of two with the same key. False when it did not fit. */
  put(org_id: string, key: string, mark: Mark, join: (known: Mark, mark: Mark) => Mark): boolean {
    let line = this.#lines.get(org_id);
    const known = line?.marks.get(key);
    if (line !== undefined && known !== undefined) {
      line.marks.set(key, join(known, mark));
      return true;
    }
    const bytes = bytesOf(key);
    if (this.#held_bytes + bytes > this.#bytes_max && !this.#makeRoom(line, bytes)) {
      this.#forgotten++;
      return false;
    }
    if (line === undefined) this.#lines.set(org_id, (line = new Line()));
    line.marks.set(key, mark);
    line.bytes += bytes;
    this.#held_bytes += bytes;
    this.#size++;
    if (this.#longest !== null && line.bytes > this.#longest.bytes) this.#longest = line;
    return true;
  }

  /**
   * Takes up to `count` marks, of each organisation the same number as far as it has them, its
   * oldest first. Whoever was served stands behind those who were not.
   */
  take(count: number): Mark[] {
    const taken: Mark[] = [];
    while (taken.length < count && this.#lines.size > 0) {
      const share = Math.max(1, Math.floor((count - taken.length) / this.#lines.size));
      for (const [org_id, line] of [...this.#lines]) {
        if (taken.length === count) break;
        this.#shorten(line, Math.min(share, count - taken.length), (mark) => taken.push(mark));
        this.#lines.delete(org_id);
        if (line.marks.size > 0) this.#lines.set(org_id, line);
      }
    }
    this.#longest = null;
    return taken;
  }

  /** Forgets marks of the longest line, unless that is the line which wants room. */
  #makeRoom(line: Line<Mark> | undefined, bytes: number): boolean {
    const longest = (this.#longest ??= this.#lookUpLongest());
    if (longest === null || longest === line) return false;
    if (longest.bytes <= (line?.bytes ?? 0) + bytes) return false;
    const count = Math.ceil(longest.marks.size / FORGOTTEN_PART);
    this.#shorten(longest, count, () => this.#forgotten++);
    this.#longest = null;
    return this.#held_bytes + bytes <= this.#bytes_max;
  }

  #shorten(line: Line<Mark>, count: number, each: (mark: Mark) => void): void {
    let left = count;
    for (const [key, mark] of line.marks) {
      if (left-- === 0) break;
      line.marks.delete(key);
      const bytes = bytesOf(key);
      line.bytes -= bytes;
      this.#held_bytes -= bytes;
      this.#size--;
      each(mark);
    }
  }

  #lookUpLongest(): Line<Mark> | null {
    let longest: Line<Mark> | null = null;
    for (const line of this.#lines.values()) {
      if (longest === null || line.bytes > longest.bytes) longest = line;
    }
    return longest;
  }
}

function bytesOf(key: string): number {
  return MARK_BYTES + key.length;
}
