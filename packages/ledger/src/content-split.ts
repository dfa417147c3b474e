// Takes content out of a record that has been read: facts are told already, so no figure can depend
// on what becomes of it. What stays closes up where it lies; what goes lies in `genai_content`.

import { Buffer } from 'node:buffer';

import type { AttributeMap } from './attribute-map.ts';
import type { Block } from './block.ts';
import { varintSize, type Words } from './bytes.ts';
import type { ContentTable } from './content-table.ts';
import { CONTENT } from './dialects/content-names.ts';
import type { FactIdentity } from './fact-table.ts';
import type { Tally } from './receipt.ts';
import type { PartsMark } from './span-parts.ts';
import type { MapRecord } from './record-view.ts';
import { cutEnd, cutText, shortId } from './text-cut.ts';
import { prefixAt } from './value-columns.ts';

/** Whose content it is, as its row says. */
export interface ContentOwner {
  readonly identity: FactIdentity;
  /** Whether a dialect has claimed the record as one of GenAI. */
  readonly gen_ai: boolean;
  readonly conversation: string;
  readonly timeLow: number;
  readonly timeHigh: number;
}

/** The conversation of the record whose draft this is, as its fact says it; before it is split. */
export function conversationOf(record: MapRecord, block: Block): string {
  const said = block.draft.conversation_id;
  const text = typeof said === 'number' ? record.text(said) : said;
  return shortId(text ?? '', block.limits.fact_text_bytes);
}

/** Where a span may hold content; bits, so that asking costs nothing. */
const OWN = 1;
const IN_EVENTS = 2;

/** Where the span that was read last may hold content; 0 is nowhere, which most spans are. */
export function contentPlaces(block: Block, gen_ai: boolean, parts: PartsMark): number {
  const { attributes, eventAttributes } = block.spanTable;
  const from = block.limits.content_from_bytes;
  const own = mayHold(attributes, attributes.firstId, attributes.firstValue, gen_ai, from);
  if (!parts.taken) return own ? OWN : 0;
  const inEvents = mayHold(eventAttributes, parts.eventIds, parts.eventValues, gen_ai, from);
  return (own ? OWN : 0) | (inEvents ? IN_EVENTS : 0);
}

function mayHold(
  map: AttributeMap,
  firstId: number,
  firstValue: number,
  gen_ai: boolean,
  from_bytes: number,
): boolean {
  if (gen_ai && map.values.n - firstValue > from_bytes) return true;
  if (map.contentKeys === 0) return false;
  const { content, ids } = map;
  for (let i = firstId; i < ids.n; i++) {
    const how = content[ids.u32[i]!];
    if (how === CONTENT.always || (gen_ai && how === CONTENT.in_gen_ai)) return true;
  }
  return false;
}

/** Takes the content out of the span that was read last; its row is written, and is mended. */
export function splitSpan(
  block: Block,
  tally: Tally,
  owner: ContentOwner,
  parts: PartsMark,
  places: number,
): void {
  const { attributes, attributeEnds, eventAttributes, eventAttributeEnds, eventName } =
    block.spanTable;
  if ((places & OWN) !== 0) splitOwn(block, tally, owner.gen_ai, attributes, attributeEnds);
  if ((places & IN_EVENTS) !== 0) {
    const split = new Split(block, tally, owner.gen_ai, eventAttributes);
    split.begin(parts.eventIds, parts.eventValues);
    for (let event = parts.events; event < eventName.n; event++) {
      const end = eventAttributeEnds.u32[event * 2]!;
      eventAttributeEnds.u32[event * 2] = split.run(end, event - parts.events + 1);
    }
    split.end();
  }
  addRow(block.contentTable, owner, '', 0);
}

/** The attributes of a record itself, the last of its table; `ends` has its end already. */
function splitOwn(
  block: Block,
  tally: Tally,
  gen_ai: boolean,
  map: AttributeMap,
  ends: Words,
): void {
  const split = new Split(block, tally, gen_ai, map);
  split.begin(map.firstId, map.firstValue);
  ends.u32[ends.n - 2] = split.run(map.ids.n, 0);
  split.end();
}

/** Takes the content out of the attributes of a log record; `body` where that is content as well. */
export function splitLog(block: Block, tally: Tally, owner: ContentOwner, body: string): void {
  const { attributes, attributeEnds } = block.logTable;
  splitOwn(block, tally, owner.gen_ai, attributes, attributeEnds);
  const kept = cutText(body, block.limits.content_value_bytes);
  if (kept.length < body.length) tally.adjust('content_value_bytes');
  addRow(block.contentTable, owner, kept, kept === '' ? 0 : Buffer.byteLength(body));
}

function addRow(table: ContentTable, owner: ContentOwner, body: string, bodySize: number): void {
  if (table.pending > 0 || body !== '') table.addRow(owner, body, bodySize);
}

/** Moves pairs of one map, run by run: what stays is closed up behind what stayed before. */
class Split {
  readonly #into: ContentTable;
  readonly #tally: Tally;
  readonly #gen_ai: boolean;
  readonly #map: AttributeMap;
  readonly #from_bytes: number;
  readonly #kept_bytes: number;
  #id = 0;
  #value = 0;
  #idOut = 0;
  #valueOut = 0;

  constructor(block: Block, tally: Tally, gen_ai: boolean, map: AttributeMap) {
    this.#into = block.contentTable;
    this.#tally = tally;
    this.#gen_ai = gen_ai;
    this.#map = map;
    this.#from_bytes = block.limits.content_from_bytes;
    this.#kept_bytes = block.limits.content_value_bytes;
  }

  begin(firstId: number, firstValue: number): void {
    this.#id = this.#idOut = firstId;
    this.#value = this.#valueOut = firstValue;
  }

  /** Reads the pairs up to `endId`, those of one event or, with 0, of the record; answers their new end. */
  run(endId: number, event: number): number {
    const map = this.#map;
    const { u32 } = map.ids;
    const { u8 } = map.values;
    let runAt = this.#value;
    for (let position = 0; this.#id < endId; this.#id++, position++) {
      const key = u32[this.#id]!;
      const size = prefixAt(u8, this.#value);
      const textAt = this.#value + varintSize(size);
      if (this.#isContent(map.content[key]!, size)) {
        this.#close(runAt);
        this.#take(event, position, key, textAt, size);
        this.#value = runAt = textAt + size;
      } else {
        u32[this.#idOut++] = key;
        this.#value = textAt + size;
      }
    }
    this.#close(runAt);
    return this.#idOut;
  }

  end(): void {
    this.#map.ids.n = this.#idOut;
    this.#map.values.n = this.#valueOut;
  }

  #isContent(how: number, size: number): boolean {
    if (how === CONTENT.always) return true;
    if (!this.#gen_ai || how === CONTENT.never) return false;
    return how === CONTENT.in_gen_ai || size >= this.#from_bytes;
  }

  /** Values from `runAt` to the cursor stay. */
  #close(runAt: number): void {
    const { u8 } = this.#map.values;
    if (this.#valueOut !== runAt) u8.copyWithin(this.#valueOut, runAt, this.#value);
    this.#valueOut += this.#value - runAt;
  }

  #take(event: number, position: number, key: number, textAt: number, size: number): void {
    const { keys, values } = this.#map;
    const kept = cutEnd(values.u8, textAt, textAt + size, this.#kept_bytes) - textAt;
    if (kept < size) this.#tally.adjust('content_value_bytes');
    if (this.#kept_bytes === 0) return;
    this.#into.addPair(event, position, keys, key);
    this.#into.addValue(values, textAt, kept, size);
  }
}
