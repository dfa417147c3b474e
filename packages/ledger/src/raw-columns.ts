// Column kinds that only the raw tables have: words of 64 bits, attribute maps, and the arrays that
// hold a span's events and links.

import type { AttributeMap } from './attribute-map.ts';
import { Words, type Bytes } from './bytes.ts';
import type { Dictionary } from './dictionary.ts';
import { lowCardinalityBody, lowCardinalityPrefix, type NativeColumn } from './native.ts';

/** Fixed-width numbers that are words in memory; the type says how ClickHouse reads them. */
export function wordsColumn(type: string, words: Words): NativeColumn {
  return { type, parts: (out) => void out.push(words.view()) };
}

export function bytesColumn(type: string, bytes: Bytes): NativeColumn {
  return { type, parts: (out) => void out.push(bytes.view()) };
}

const MAP = 'Map(LowCardinality(String), String)';

/** A map column: `ends` has the number of pairs up to and with each row, as 64 bits. */
export function mapColumn(map: AttributeMap, ends: Words): NativeColumn {
  return {
    type: MAP,
    parts(out) {
      lowCardinalityPrefix(out);
      out.push(ends.view());
      lowCardinalityBody(out, map.keys, map.ids);
      out.push(map.values.view());
    },
  };
}

export function arrayColumn(type: string, ends: Words, items: Bytes | Words): NativeColumn {
  return { type: `Array(${type})`, parts: (out) => void out.push(ends.view(), items.view()) };
}

export function sharedTextArray(ends: Words, dictionary: Dictionary, ids: Words): NativeColumn {
  return {
    type: 'Array(LowCardinality(String))',
    parts(out) {
      lowCardinalityPrefix(out);
      out.push(ends.view());
      lowCardinalityBody(out, dictionary, ids);
    },
  };
}

export function mapArray(ends: Words, map: AttributeMap, mapEnds: Words): NativeColumn {
  return {
    type: `Array(${MAP})`,
    parts(out) {
      lowCardinalityPrefix(out);
      out.push(ends.view(), mapEnds.view());
      lowCardinalityBody(out, map.keys, map.ids);
      out.push(map.values.view());
    },
  };
}
