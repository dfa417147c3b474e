// The shape of a record: its scope, and which registered attributes it has. Emitters write few shapes
// again and again, so what follows from a shape alone is worked out once and kept.

import { mix } from './content-hash.ts';
import { aliasLists, type Attribute, type Dialect, type Shape } from './dialect.ts';
import type { Signal } from './fact.ts';

/** Shapes that are kept; two that fall on one place replace each other. */
const SHAPES = 1024;
/** Scopes that are kept; beyond it all are forgotten, and of longer names none is kept. */
const ORIGINS = 256;
const ORIGIN_CHARACTERS = 512;

/** Stands for a signal with a scope of one name and version. */
export interface Origin {
  readonly number: number;
}

class RecordShape implements Shape {
  readonly origin: Origin;
  readonly present: Int32Array;
  readonly first: readonly (Attribute | null)[];
  readers: readonly Dialect[] | null = null;

  constructor(origin: Origin, present: Int32Array) {
    this.origin = origin;
    this.present = present.slice();
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

  /** The shape of records of `origin` with these attributes, a bit for each registered one. */
  find(origin: Origin, present: Int32Array): Shape {
    let hash = origin.number;
    for (let i = 0; i < present.length; i++) hash = mix(hash, present[i]!);
    const place = (hash ^ (hash >>> 16)) & (SHAPES - 1);
    const known = this.#shapes[place]!;
    if (known !== null && known.origin === origin && same(known.present, present)) return known;
    return (this.#shapes[place] = new RecordShape(origin, present));
  }
}

function same(one: Int32Array, other: Int32Array): boolean {
  for (let i = 0; i < one.length; i++) {
    if (one[i] !== other[i]) return false;
  }
  return true;
}
