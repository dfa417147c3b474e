// What the tables of a block have in common: rows, the memory that a rollback cuts, the dictionaries
// that a reset may forget, and the Native block of it all.

import type { Dictionary } from './dictionary.ts';
import { nativeBlock, type NativeColumn } from './native.ts';
import type { Memory } from './value-columns.ts';

export interface NamedColumn {
  readonly name: string;
  readonly column: NativeColumn;
}

/** Lengths of all memories at one moment, and the rows. */
export type TableMark = readonly number[];

export class Table {
  rows = 0;
  readonly columns: readonly NamedColumn[];
  readonly #memory: readonly Memory[];
  readonly #dictionaries: readonly Dictionary[];

  constructor(
    columns: readonly NamedColumn[],
    memory: readonly Memory[],
    dictionaries: readonly Dictionary[],
  ) {
    this.columns = columns;
    this.#memory = memory;
    this.#dictionaries = dictionaries;
  }

  mark(): TableMark {
    const mark = [this.rows];
    for (const memory of this.#memory) mark.push(memory.n);
    return mark;
  }

  rollback(mark: TableMark): void {
    this.rows = mark[0]!;
    for (let i = 0; i < this.#memory.length; i++) this.#memory[i]!.n = mark[i + 1]!;
  }

  reset(entriesKept: number): void {
    this.rows = 0;
    for (const memory of this.#memory) memory.reset();
    for (const dictionary of this.#dictionaries) {
      if (dictionary.n > entriesKept) dictionary.clear();
    }
  }

  parts(): Uint8Array[] {
    return nativeBlock(this.columns, this.rows);
  }

  get size_bytes(): number {
    let size = 0;
    for (const memory of this.#memory) size += memory.size_bytes;
    for (const dictionary of this.#dictionaries) size += dictionary.size_bytes;
    return size;
  }

  /** Values that were not UTF-8 and went into a dictionary repaired. */
  get repaired(): number {
    let repaired = 0;
    for (const dictionary of this.#dictionaries) repaired += dictionary.repaired;
    return repaired;
  }
}
