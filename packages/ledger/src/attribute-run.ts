// The hot loop: a run of KeyValue fields, from protobuf bytes into an attribute map. Nearly all time
// of decoding is spent here, so the cursors live in locals and the function is long. Whatever is
// rare is left to functions that touch the columns themselves; the locals are read again afterwards.

import { Buffer, isUtf8 } from 'node:buffer';

import { NOT_JSON, renderValue, TOO_DEEP } from './any-value.ts';
import type { AttributeMap } from './attribute-map.ts';
import { decodeText, putVarint, sameBytes } from './bytes.ts';
import type { DecodeLimits } from './limits.ts';
import { putDouble, putInteger } from './number-text.ts';
import type { Tally } from './receipt.ts';
import { BYTES, malformed, type Wire } from './wire.ts';

/** Above this many bytes a native copy beats the loop over words. */
const NATIVE_COPY_BYTES = 96;
/** Room for the text of one number with its prefix. */
const NUMBER_BYTES = 32;
/** Tag and length that a value may have around its text. */
const VALUE_FRAME_BYTES = 6;

/** Positions of a KeyValue that is not in the usual order. */
const found = { keyAt: 0, keyLength: 0, valueAt: 0, valueEnd: 0 };

/**
 * Reads KeyValue fields with the one-byte tag `tag` from `wire.p` on, until another field or `end`
 * comes. What a limit drops is counted in `tally`.
 */
export function readAttributes(
  wire: Wire,
  end: number,
  tag: number,
  map: AttributeMap,
  limits: DecodeLimits,
  tally: Tally,
): void {
  const u8 = wire.u8;
  const dv = wire.dv;
  const keys = map.keys;
  const values = map.values;
  const keyBytesMax = limits.attribute_key_bytes;
  const valueBytesMax = limits.attribute_value_bytes;
  const idsEnd = map.firstId + limits.attributes_per_record;
  let p = wire.p;
  // A number of k bytes has less than 3k of text, and its KeyValue is longer than the number.
  values.reserve((end - p) * 3 + NUMBER_BYTES);
  map.ids.reserve(Math.min((end - p) >> 1, limits.attributes_per_record + map.valueAt.length) + 1);
  let out = values.u8;
  let outView = values.dv;
  let o = values.n;
  const ids = map.ids.u32;
  let k = map.ids.n;
  let keyView = keys.arena.dv;
  let previous = k > map.firstId ? ids[k - 1]! : -1;

  while (p < end && u8[p] === tag) {
    p++;
    let length = u8[p++]!;
    if (length >= 128) {
      wire.p = p - 1;
      length = wire.length(end);
      p = wire.p;
    }
    const pairEnd = p + length;
    if (pairEnd > end) throw malformed('attribute beyond its record');

    // Key and value, in the order every encoder writes them; anything else is scanned.
    let keyAt = p + 2;
    let keyLength = u8[p + 1]!;
    let valueAt = keyAt + keyLength + 2;
    let valueEnd = pairEnd;
    if (
      u8[p] !== 0x0a ||
      keyLength >= 128 ||
      valueAt > pairEnd ||
      u8[valueAt - 2] !== 0x12 ||
      u8[valueAt - 1]! >= 128 ||
      valueAt + u8[valueAt - 1]! !== pairEnd
    ) {
      wire.p = p;
      scanPair(wire, pairEnd);
      keyAt = found.keyAt;
      keyLength = found.keyLength;
      valueAt = found.valueAt;
      valueEnd = found.valueEnd;
    }
    p = pairEnd;
    // What dialects read is taken all the same: a bill must not depend on the order of attributes.
    if (k >= idsEnd && !(keyLength <= keyBytesMax && map.awaits(u8, keyAt, keyLength))) {
      tally.adjust('attributes_per_record');
      continue;
    }
    if (keyLength > keyBytesMax) {
      tally.adjust('attribute_key_bytes');
      continue;
    }
    if (valueEnd - valueAt > valueBytesMax + VALUE_FRAME_BYTES) {
      tally.adjust('attribute_value_bytes');
      continue;
    }

    // The key: most likely one of the two that followed the previous key before.
    let id = map.successors[previous + 1]!;
    if (
      keys.lengths[id] !== keyLength ||
      !sameBytes(keyView, keys.offsets[id]!, dv, keyAt, keyLength)
    ) {
      id = map.others[previous + 1]!;
      if (
        keys.lengths[id] !== keyLength ||
        !sameBytes(keyView, keys.offsets[id]!, dv, keyAt, keyLength)
      ) {
        id = map.internKey(u8, dv, keyAt, keyLength);
        keyView = keys.arena.dv;
        map.learn(previous, id);
      }
    }

    // The value, as length-prefixed text.
    const start = o;
    const kind = u8[valueAt];
    if (valueAt === valueEnd) {
      out[o++] = 0;
    } else if (kind === 0x0a) {
      let textAt = valueAt + 2;
      let textLength = u8[valueAt + 1]!;
      if (textLength >= 128 || textAt > valueEnd) {
        wire.p = valueAt + 1;
        textLength = wire.length(valueEnd);
        textAt = wire.p;
      }
      if (textLength > valueBytesMax) {
        tally.adjust('attribute_value_bytes');
        continue;
      }
      if (textAt + textLength === valueEnd) {
        let bits = 0;
        if (textLength < 128) out[o++] = textLength;
        else o = putVarint(out, o, textLength);
        if (textLength < NATIVE_COPY_BYTES) {
          let i = 0;
          for (; i + 4 <= textLength; i += 4) {
            const word = dv.getInt32(textAt + i, true);
            bits |= word;
            outView.setInt32(o + i, word, true);
          }
          for (; i < textLength; i++) {
            const byte = u8[textAt + i]!;
            bits |= byte;
            out[o + i] = byte;
          }
          o += textLength;
          if ((bits & 0x80808080) !== 0 && !isUtf8(u8.subarray(textAt, valueEnd))) bits = -1;
          else bits = 0;
        } else {
          const text = u8.subarray(textAt, valueEnd);
          out.set(text, o);
          o += textLength;
          if (!isUtf8(text)) bits = -1;
        }
        if (bits === -1) {
          values.n = start;
          values.text(decodeText(u8, textAt, valueEnd));
          values.reserve((end - p) * 3 + NUMBER_BYTES);
          out = values.u8;
          outView = values.dv;
          o = values.n;
          tally.adjust('invalid_utf8');
        }
      } else {
        // More than one field in a value: the last one counts.
        o = -1;
      }
    } else if (kind === 0x18 && u8[valueEnd - 1]! < 128) {
      const first = u8[valueAt + 1]!;
      if (valueEnd - valueAt === 2) {
        if (first < 10) {
          out[o] = 1;
          out[o + 1] = 48 + first;
          o += 2;
        } else {
          o = putInteger(out, o + 1, first, 0);
          out[start] = o - start - 1;
        }
      } else {
        wire.p = valueAt + 1;
        const low = wire.varint(valueEnd);
        if (wire.p === valueEnd) {
          o = putInteger(out, o + 1, low, wire.high);
          out[start] = o - start - 1;
        } else o = -1;
      }
    } else if (kind === 0x21 && valueEnd - valueAt === 9) {
      o = putDouble(out, o + 1, dv.getFloat64(valueAt + 1, true));
      out[start] = o - start - 1;
    } else if (kind === 0x10 && valueEnd - valueAt === 2 && u8[valueAt + 1]! < 2) {
      if (u8[valueAt + 1] === 1) {
        out[o] = 4;
        outView.setInt32(o + 1, 0x65757274, true);
        o += 5;
      } else {
        out[o] = 5;
        outView.setInt32(o + 1, 0x736c6166, true);
        out[o + 5] = 101;
        o += 6;
      }
    } else {
      o = -1;
    }
    if (o < 0) {
      values.n = start;
      wire.p = valueAt;
      const kept = appendRendered(wire, valueEnd, map, limits, tally);
      values.reserve((end - p) * 3 + NUMBER_BYTES);
      out = values.u8;
      outView = values.dv;
      o = values.n;
      if (!kept) continue;
    }

    ids[k++] = id;
    previous = id;
    const role = map.roles[id]!;
    if (role >= 0) map.hold(role, start);
  }
  values.n = o;
  map.ids.n = k;
  wire.p = p;
}

/** A KeyValue in any order, with fields that are not known: finds its key and its last value. */
function scanPair(wire: Wire, end: number): void {
  found.keyAt = found.keyLength = 0;
  found.valueAt = found.valueEnd = end;
  while (wire.p < end) {
    const tag = wire.tag(end);
    const field = tag >>> 3;
    if (field !== 1 && field !== 2) {
      wire.skip(tag, end);
      continue;
    }
    wire.expect(tag, BYTES);
    const length = wire.length(end);
    if (field === 1) {
      found.keyAt = wire.p;
      found.keyLength = length;
    } else {
      found.valueAt = wire.p;
      found.valueEnd = wire.p + length;
    }
    wire.p += length;
  }
}

/** Appends the text of a value that the hot loop leaves to others; false when it is dropped. */
function appendRendered(
  wire: Wire,
  end: number,
  map: AttributeMap,
  limits: DecodeLimits,
  tally: Tally,
): boolean {
  const { u8, dv, p: start } = wire;
  if (map.rendered.append(u8, dv, start, end, map.values)) return true;
  const text = renderValue(wire, end, limits.value_levels);
  if (text === TOO_DEEP) {
    tally.adjust('value_levels');
    return false;
  }
  if (text === NOT_JSON) tally.adjust('not_json');
  const shown = typeof text === 'string' ? text : '';
  if (Buffer.byteLength(shown) > limits.attribute_value_bytes) {
    tally.adjust('attribute_value_bytes');
    return false;
  }
  const textStart = map.values.n;
  map.values.text(shown);
  if (text !== NOT_JSON) map.rendered.keep(u8, dv, start, end, map.values, textStart);
  return true;
}
