// The columns of a fact that a dialect fills in, by kind of value: each loop below sees one kind of
// column only. Most fields of most records are not said: those rows are filled in later, many at once.

import type { AttributeMap } from './attribute-map.ts';
import { decodeText, varintSize } from './bytes.ts';
import type { Attribute, TextSource } from './dialect.ts';
import type { Doubt } from './doubts.ts';
import { type Draft, DRAFT_FIELDS, type DraftValue } from './draft.ts';
import type { DecodeLimits } from './limits.ts';
import { NumberColumn } from './number-column.ts';
import { cutEnd, cutText, shortId } from './text-cut.ts';
import {
  prefixAt,
  SharedTextColumn,
  SharedTextListColumn,
  TextColumn,
  type ValueColumn,
} from './value-columns.ts';

interface Field<C> {
  /** Place of the field in the spread draft. */
  readonly at: number;
  readonly column: C;
}

export class SaidColumns {
  readonly #shared: Field<SharedTextColumn>[] = [];
  readonly #texts: Field<TextColumn>[] = [];
  readonly #lists: Field<SharedTextListColumn>[] = [];
  readonly #counts: Field<NumberColumn>[] = [];
  readonly #numbers: Field<NumberColumn>[] = [];
  readonly #limits: DecodeLimits;
  readonly #said: DraftValue[] = [];

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  include(name: string, column: ValueColumn): void {
    const at = DRAFT_FIELDS.findIndex((known) => known === name);
    if (at < 0) throw new TypeError(`no draft field for the fact column ${name}`);
    if (column instanceof SharedTextColumn) this.#shared.push({ at, column });
    else if (column instanceof TextColumn) this.#texts.push({ at, column });
    else if (column instanceof SharedTextListColumn) this.#lists.push({ at, column });
    else if (!(column instanceof NumberColumn)) throw new TypeError(`no way to fill in ${name}`);
    else if (column.type === 'Nullable(UInt32)') this.#counts.push({ at, column });
    else this.#numbers.push({ at, column });
  }

  /** Adds what the draft says to row `row`; what does not fit a column is null and a doubt. */
  add(draft: Draft, map: AttributeMap, row: number, doubts: Doubt[]): void {
    draft.spread(this.#said);
    this.#addShared(map, row);
    this.#addTexts(map);
    for (let i = 0; i < this.#lists.length; i++) {
      const { at, column } = this.#lists[i]!;
      const values = this.#said[at] as readonly string[];
      if (values.length > 0) this.addList(column, values, row);
    }
    this.#addCounts(row, doubts);
    for (let i = 0; i < this.#numbers.length; i++) {
      const { at, column } = this.#numbers[i]!;
      const value = this.#said[at] as number | bigint | boolean | null;
      if (value === null) continue;
      if (!column.holds(value)) addDoubt(doubts, 'number_out_of_range');
      column.fillTo(row);
      column.add(value);
    }
  }

  #addShared(map: AttributeMap, row: number): void {
    const said = this.#said;
    for (let i = 0; i < this.#shared.length; i++) {
      const { at, column } = this.#shared[i]!;
      const source = said[at] as TextSource;
      if (source === null || source === '') continue;
      const { ids, dictionary } = column;
      if (typeof source === 'string') {
        if (ids.n < row) column.fillTo(row);
        ids.push(dictionary.internText(this.#cut(source)));
      } else if (map.has(source)) {
        const { u8, dv } = map.values;
        const start = startOf(map, source);
        if (ids.n < row) column.fillTo(row);
        ids.push(dictionary.intern(u8, dv, start, this.#endOf(map, source, start) - start));
      }
    }
  }

  /** Texts that are not shared are ids. */
  #addTexts(map: AttributeMap): void {
    const said = this.#said;
    const limit = this.#limits.fact_text_bytes;
    for (let i = 0; i < this.#texts.length; i++) {
      const { at, column } = this.#texts[i]!;
      const source = said[at] as TextSource;
      if (source === null) column.bytes.byte(0);
      else if (typeof source === 'string') column.add(shortId(source, limit));
      else if (!map.has(source)) column.bytes.byte(0);
      else {
        const start = startOf(map, source);
        const { u8 } = map.values;
        const end = start + prefixAt(u8, map.valueAt[source]!);
        if (end - start <= limit) column.addBytes(map.values, start, end);
        else column.add(shortId(decodeText(u8, start, end), limit));
      }
    }
  }

  #addCounts(row: number, doubts: Doubt[]): void {
    const said = this.#said;
    for (let i = 0; i < this.#counts.length; i++) {
      const { at, column } = this.#counts[i]!;
      const value = said[at] as number | null;
      if (value === null) continue;
      if (value >>> 0 !== value) addDoubt(doubts, 'number_out_of_range');
      column.addCount(value, row);
    }
  }

  addList(column: SharedTextListColumn, values: readonly string[], row: number): void {
    column.fillTo(row);
    const most = Math.min(values.length, this.#limits.fact_list_items);
    for (let i = 0; i < most; i++) {
      column.ids.push(column.dictionary.internText(this.#cut(values[i]!)));
    }
    column.ends.pair(column.ids.n, 0);
  }

  #cut(text: string): string {
    return cutText(text, this.#limits.fact_text_bytes);
  }

  #endOf(map: AttributeMap, attribute: Attribute, start: number): number {
    const { u8 } = map.values;
    const length = prefixAt(u8, map.valueAt[attribute]!);
    return cutEnd(u8, start, start + length, this.#limits.fact_text_bytes);
  }
}

/** Where the text of an attribute starts, behind its length. */
function startOf(map: AttributeMap, attribute: Attribute): number {
  const at = map.valueAt[attribute]!;
  return at + varintSize(prefixAt(map.values.u8, at));
}

export function addDoubt(doubts: Doubt[], code: Doubt): void {
  if (!doubts.includes(code)) doubts.push(code);
}
