// A Map(LowCardinality(String), String) column while it is filled: keys as dictionary ids, values
// as length-prefixed text. It also remembers where the current record has registered attributes.

import { Bytes, decodeText, varintSize, Words } from './bytes.ts';
import { hashBytes, mix } from './content-hash.ts';
import { CONTENT, contentName } from './dialects/content-names.ts';
import { isGenAiName } from './reading/namespaces.ts';
import { Dictionary, grown } from './dictionary.ts';
import { RenderedValues } from './rendered-values.ts';
import { prefixAt } from './value-columns.ts';

export class AttributeMap {
  readonly keys: Dictionary;
  readonly ids = new Words(256);
  readonly values = new Bytes(4096);
  /** For each key id, the two keys that last followed it; the table is shifted by one for "none". */
  successors = new Int32Array(128);
  others = new Int32Array(128);
  /** For each key id its registered attribute, or -1. */
  roles = new Int32Array(64);
  /** For each key id 1 when the name is of GenAI, whether or not anybody reads it. */
  genAi = new Uint8Array(64);
  /** For each key id how its name counts as content. */
  content = new Uint8Array(64);
  /** Keys whose name alone may make them content. */
  contentKeys = 0;
  /** The registered attributes of the current record, a bit for each. */
  readonly present: Int32Array;
  /** The same as a list of `heldCount`: a record has few of the many that are registered. */
  readonly held: Int32Array;
  heldCount = 0;
  /** Where in `values` the value of each of them is. */
  readonly valueAt: Int32Array;
  readonly rendered = new RenderedValues();
  /** Where the current record starts. */
  firstId = 0;
  firstValue = 0;
  readonly #registered: ReadonlyMap<string, number>;
  readonly #entriesKept: number;

  constructor(registered: ReadonlyMap<string, number>, seed: number, entriesKept: number) {
    this.#registered = registered;
    this.#entriesKept = entriesKept;
    this.present = new Int32Array((registered.size + 31) >> 5);
    this.held = new Int32Array(registered.size);
    this.valueAt = new Int32Array(registered.size);
    this.keys = new Dictionary(seed);
    this.#assignRoles(0);
  }

  begin(): void {
    this.#holdNone();
    this.firstId = this.ids.n;
    this.firstValue = this.values.n;
  }

  /** Takes back what was written since `begin`. */
  drop(): void {
    this.ids.n = this.firstId;
    this.values.n = this.firstValue;
    this.#holdNone();
  }

  /** The current record has this registered attribute, and its last value is here. */
  hold(attribute: number, valueAt: number): void {
    this.valueAt[attribute] = valueAt;
    if (this.has(attribute)) return;
    this.present[attribute >> 5]! |= 1 << (attribute & 31);
    this.held[this.heldCount++] = attribute;
  }

  #holdNone(): void {
    for (let i = 0; i < this.heldCount; i++) this.present[this.held[i]! >> 5] = 0;
    this.heldCount = 0;
  }

  /** The id of a key that prediction missed; new keys get their role here. */
  internKey(u8: Uint8Array, dv: DataView, start: number, length: number): number {
    const known = this.keys.n;
    const id = this.keys.intern(u8, dv, start, length);
    if (this.keys.n > known) this.#assignRoles(known);
    return id;
  }

  /** A key that dialects read and that the current record does not have yet. */
  awaits(u8: Uint8Array, start: number, length: number): boolean {
    const role = this.#registered.get(decodeText(u8, start, start + length));
    return role !== undefined && !this.has(role);
  }

  /** Remembers that `id` followed `previous` (-1 at the start of a record). */
  learn(previous: number, id: number): void {
    this.others[previous + 1] = this.successors[previous + 1]!;
    this.successors[previous + 1] = id;
  }

  #assignRoles(from: number): void {
    while (this.roles.length <= this.keys.n + 1) {
      this.roles = grown(this.roles);
      this.successors = grown(this.successors);
      this.others = grown(this.others);
    }
    this.genAi = grownTo(this.genAi, this.roles.length);
    this.content = grownTo(this.content, this.roles.length);
    for (let id = from; id < this.keys.n; id++) {
      const name = this.keys.text(id);
      this.roles[id] = this.#registered.get(name) ?? -1;
      this.genAi[id] = isGenAiName(name) ? 1 : 0;
      const how = contentName(name);
      this.content[id] = how;
      if (how === CONTENT.always || how === CONTENT.in_gen_ai) this.contentKeys++;
    }
  }

  /** Whether the current record has this registered attribute. */
  has(attribute: number): boolean {
    return ((this.present[attribute >> 5]! >> (attribute & 31)) & 1) === 1;
  }

  /** How often the current record has this registered attribute; the last of them is held. */
  times(attribute: number): number {
    let times = 0;
    for (let i = this.firstId; i < this.ids.n; i++) {
      if (this.roles[this.ids.u32[i]!] === attribute) times++;
    }
    return times;
  }

  /** Whether the current record has any attribute of GenAI, registered or not. */
  mentionsGenAi(): boolean {
    for (let i = this.firstId; i < this.ids.n; i++) {
      if (this.genAi[this.ids.u32[i]!] === 1) return true;
    }
    return false;
  }

  /** The columns themselves are emptied by their table. */
  reset(): void {
    this.#holdNone();
    this.firstId = 0;
    this.firstValue = 0;
    if (this.keys.n > this.#entriesKept) this.forget();
  }

  forget(): void {
    this.keys.clear();
    this.successors.fill(0);
    this.others.fill(0);
    this.contentKeys = 0;
    this.#assignRoles(0);
  }
}

function grownTo(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= length) return bytes;
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** Hash of the pairs of a map from a place on; the same for every dictionary seed. */
export function attributesContent(
  map: AttributeMap,
  firstId: number,
  firstValue: number,
  seed: number,
): number {
  const { contents } = map.keys;
  const ids = map.ids.u32;
  const { n } = map.ids;
  let hash = seed ^ (n - firstId);
  for (let i = firstId; i < n; i++) hash = mix(hash, contents[ids[i]!]!);
  return hashBytes(map.values.dv, firstValue, map.values.n, hash);
}

/** Keys and values of a map's current record, one after the other, in order. */
export function pairsOf(map: AttributeMap): string[] {
  const pairs: string[] = [];
  let at = map.firstValue;
  for (let i = map.firstId; i < map.ids.n; i++) {
    const length = prefixAt(map.values.u8, at);
    const start = at + varintSize(length);
    at = start + length;
    pairs.push(map.keys.text(map.ids.u32[i]!), decodeText(map.values.u8, start, at));
  }
  return pairs;
}
