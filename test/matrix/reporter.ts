// Tells of each cell of the matrix as it ends, for people and, where a file is named, for the page.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { styleText } from 'node:util';
import type { Reporter, TestCase } from 'vitest/node';
import { cellOf, keyOf, type FoundCell, type Found } from './found.ts';
import { versionsNow } from './versions.ts';

const STYLES = { green: 'green', red: 'red', hole: 'dim' } as const;
/** Shown of a failure: the message and what differs. */
const SHOWN_CHARACTERS = 2000;

export default class MatrixReporter implements Reporter {
  readonly #file = process.env['TEST_MATRIX_RESULTS'] ?? null;
  readonly #only = process.env['TEST_MATRIX'] ?? '';
  readonly #root = process.cwd();
  readonly #found = new Map<string, FoundCell>();

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    const part = path.basename(test.module.moduleId, '.test.ts');
    const failure =
      errors[0] === undefined ? null : `${errors[0].message}\n${errors[0].diff ?? ''}`;
    const cell = cellOf(part, test.name, state, failure);
    // What else the files test, and what was not asked for, is no cell of this run.
    if (cell === null || !test.name.includes(this.#only)) return;
    this.#found.set(keyOf(cell), cell);
    this.#tell(cell, test.diagnostic()?.duration ?? 0);
    if (this.#file !== null) write(this.#file, this.#root, [...this.#found.values()]);
  }

  onTestRunEnd(): void {
    const found = [...this.#found.values()];
    const count = (result: FoundCell['result']): string =>
      `${found.filter((cell) => cell.result === result).length} ${result}`;
    console.log(`\n${found.length} cells: ${count('green')}, ${count('red')}, ${count('hole')}`);
  }

  #tell(cell: FoundCell, took_ms: number): void {
    const { result, why } = cell;
    const shown = process.stdout.isTTY
      ? styleText(STYLES[result], result.padEnd(6))
      : result.padEnd(6);
    const beside = result === 'hole' ? `  ${why}` : `  ${(took_ms / 1000).toFixed(1)} s`;
    console.log(`${shown} ${keyOf(cell)}${beside}`);
    if (result === 'red')
      console.log(`    ${why?.replaceAll('\n', '\n    ').slice(0, SHOWN_CHARACTERS)}`);
  }
}

/** Cells of an earlier run that are not among those of this one stay. */
function write(file: string, root: string, cells: readonly FoundCell[]): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Found).cells : [];
  const now = new Set(cells.map(keyOf));
  const all = [...before.filter((cell) => !now.has(keyOf(cell))), ...cells];
  const sorted = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(file, textOf({ ...versionsNow(root), cells: sorted }));
}

/** A line for each cell, so that what changed between two runs is what differs between two files. */
function textOf({ cells, ...rest }: Found): string {
  const head = JSON.stringify(rest, null, 2).slice(0, -2);
  const lines = cells.map((cell) => JSON.stringify(cell)).join(',\n');
  return `${head},\n  "cells": [\n${lines}\n]}\n`;
}
