// The shape of a record: its scope, and which registered attributes it has. Emitters write few shapes
// again and again, so what follows from a shape alone is worked out once and kept.

import type { AttributeMap } from './attribute-map.ts';
import { mix } from './content-hash.ts';
import { aliasLists, type Attribute, type Dialect, type Shape } from './dialect.ts';
import type { Signal } from './fact.ts';

/** Shapes that are kept; two that fall on one place replace each other. */
const SHAPES = 1024;
/** Scopes that are kept; beyond it all are forgotten, and of longer names none is kept. */
const ORIGINS = 256;
const ORIGIN_CHARACTERS = 512;

const SEED = 0x7feb352d;

/** The registered attributes that a record has. */
type Held = Pick<AttributeMap, 'present' | 'held' | 'heldCount'>;

/** Stands for a signal with a scope of one name and version. */
export interface Origin {
  readonly number: number;
}

class RecordShape implements Shape {
  readonly origin: Origin;
  readonly present: Int32Array;
  readonly count: number;
  readonly first: readonly (Attribute | null)[];
  readers: readonly Dialect[] | null = null;

  constructor(origin: Origin, { present, heldCount }: Held) {
    this.origin = origin;
    this.present = present.slice();
    this.count = heldCount;
    const has = (attribute: Attribute) => (present[attribute >> 5]! >> (attribute & 31)) & 1;
    this.first = aliasLists().map((aliases) => aliases.find(has) ?? null);
  }
}

export class Shapes {
  readonly #shapes = new Array<RecordShape | null>(SHAPES).fill(null);
  readonly #origins = new Map<string, Origin>();
  #number = 0;

  origin(signal: Signal, scope: string, version: string): Origin {
    const key = `${signal} ${scope.length} ${scope}${version}`;
    let origin = this.#origins.get(key);
    if (origin !== undefined) return origin;
    this.#number = (this.#number + 1) | 0;
    origin = { number: this.#number };
    if (key.length > ORIGIN_CHARACTERS) return origin;
    if (this.#origins.size >= ORIGINS) this.#origins.clear();
    this.#origins.set(key, origin);
    return origin;
  }

  /** The shape of records of `origin` with these attributes, in whatever order they came. */
  find(origin: Origin, record: Held): Shape {
    let sum = 0;
    for (let i = 0; i < record.heldCount; i++) sum = (sum + mix(SEED, record.held[i]!)) | 0;
    const hash = mix(origin.number, sum);
    const place = (hash ^ (hash >>> 16)) & (SHAPES - 1);
    const known = this.#shapes[place]!;
    if (known !== null && known.origin === origin && hasJust(known, record)) return known;
    return (this.#shapes[place] = new RecordShape(origin, record));
  }
}

function hasJust({ present, count }: RecordShape, { held, heldCount }: Held): boolean {
  if (count !== heldCount) return false;
  for (let i = 0; i < heldCount; i++) {
    const attribute = held[i]!;
    if (((present[attribute >> 5]! >> (attribute & 31)) & 1) === 0) return false;
  }
  return true;
}
