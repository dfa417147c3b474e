// A small cache of rendered attribute values: lists such as finish reasons are the same few bytes in
// span after span. A value is kept only after it was rendered without objection.

import type { Bytes } from './bytes.ts';
import { hashBytes } from './content-hash.ts';

const ENTRIES = 256;
const RAW_BYTES_MAX = 64;
const SEED = 0x27d4eb2f;

interface Entry {
  readonly raw: Uint8Array;
  /** Length-prefixed text. */
  readonly text: Uint8Array;
}

export class RenderedValues {
  readonly #entries: (Entry | undefined)[] = new Array<Entry | undefined>(ENTRIES).fill(undefined);

  /** Appends the text of the value when it is known; false when it is not. */
  append(u8: Uint8Array, dv: DataView, start: number, end: number, out: Bytes): boolean {
    if (end - start > RAW_BYTES_MAX) return false;
    const entry = this.#entries[hashBytes(dv, start, end, SEED) & (ENTRIES - 1)];
    if (entry === undefined || entry.raw.length !== end - start) return false;
    for (let i = 0; i < entry.raw.length; i++) {
      if (entry.raw[i] !== u8[start + i]) return false;
    }
    out.copy(entry.text, 0, entry.text.length);
    return true;
  }

  /** Keeps what was just appended from `textStart` on as the text of the value. */
  keep(
    u8: Uint8Array,
    dv: DataView,
    start: number,
    end: number,
    out: Bytes,
    textStart: number,
  ): void {
    if (end - start > RAW_BYTES_MAX) return;
    this.#entries[hashBytes(dv, start, end, SEED) & (ENTRIES - 1)] = {
      raw: u8.slice(start, end),
      text: out.u8.slice(textStart, out.n),
    };
  }
}
