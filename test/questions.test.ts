// Goal: each question has its row: no route that asks, no file with SQL and no command is forgotten, and
// none is named that is not there. Method: the table against the routes, files, commands and panels.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '@spanledger/cli';
import { routeList } from '@spanledger/exporter';
import { expect, test } from 'vitest';
import { NOT_FOR_PEOPLE, QUESTION_WAYS } from './questions/question-table.ts';

const ROOT = path.join(import.meta.dirname, '..');
const rows = Object.values(QUESTION_WAYS);
const ways = routeList().map(({ method, path }) => `${method} ${path}`);

test('every route that asks has its row, and every row its route', () => {
  const asking = ways.filter((way) => way.startsWith('GET '));
  expect(asking.filter((way) => !(way in QUESTION_WAYS))).toEqual([]);
  expect(Object.keys(QUESTION_WAYS).filter((way) => !ways.includes(way))).toEqual([]);
});

test('every file with a question has its row, and every row its files', () => {
  const files = readdirSync(path.join(ROOT, 'packages/store/questions'))
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length));
  const named = [...rows.flatMap(({ sql }) => sql), ...NOT_FOR_PEOPLE];
  expect(files.filter((name) => !named.includes(name))).toEqual([]);
  expect(named.filter((name) => !files.includes(name))).toEqual([]);
});

test('every command that is named is there', () => {
  const names = COMMANDS.map(({ name }) => name);
  const named = rows.flatMap(({ commands }) => commands);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('every panel that is named is there', () => {
  const folder = path.join(ROOT, 'grafana/generated');
  const text = readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
  for (const title of rows.flatMap(({ panels = [] }) => panels)) {
    expect(text).toContain(`"title": "${title}"`);
  }
});
