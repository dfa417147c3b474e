// Texts that came before: attribute values such as models and operations are the same few bytes in
// record after record, so their strings are made once, and so is what JSON they hold.

import { type Bytes, decodeText, sameBytes } from './bytes.ts';
import { hashBytes } from './content-hash.ts';

/** Texts that are kept; two that fall on one place replace each other. */
const ENTRIES = 1024;
/** Longer texts are seldom the same. */
const TEXT_BYTES = 64;
const SEED = 0x3c6ef372;

export class KnownTexts {
  readonly #bytes = new DataView(new ArrayBuffer(ENTRIES * TEXT_BYTES));
  /** An empty text is never looked up, so 0 is an empty place. */
  readonly #lengths = new Int32Array(ENTRIES);
  readonly #texts = new Array<string>(ENTRIES).fill('');
  readonly #data = new Array<unknown>(ENTRIES).fill(undefined);

  /** The text that lies from `start` to `end`, behind which there is slack. */
  text(from: Bytes, start: number, end: number): string {
    if (start === end) return '';
    if (end - start > TEXT_BYTES) return decodeText(from.u8, start, end);
    return this.#texts[this.#place(from, start, end)]!;
  }

  /** The text as `read` understands it; what it answers is kept, so nobody may change it. */
  data(from: Bytes, start: number, end: number, read: (text: string) => unknown): unknown {
    if (start === end || end - start > TEXT_BYTES) return read(decodeText(from.u8, start, end));
    const place = this.#place(from, start, end);
    let data = this.#data[place];
    if (data === undefined) {
      data = read(this.#texts[place]!);
      this.#data[place] = data;
    }
    return data;
  }

  #place(from: Bytes, start: number, end: number): number {
    const { dv } = from;
    const length = end - start;
    const place = hashBytes(dv, start, end, SEED) & (ENTRIES - 1);
    if (
      this.#lengths[place] === length &&
      sameBytes(this.#bytes, place * TEXT_BYTES, dv, start, length)
    ) {
      return place;
    }
    this.#lengths[place] = length;
    this.#texts[place] = decodeText(from.u8, start, end);
    this.#data[place] = undefined;
    for (let i = 0; i < length; i++)
      this.#bytes.setUint8(place * TEXT_BYTES + i, from.u8[start + i]!);
    return place;
  }
}
