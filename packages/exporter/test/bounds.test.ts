// Goal: nothing grows without a bound that a person can look up. Method: the collections that live as
// long as an object, read out of the sources of exporter and store, against the table of bounds; and
// the table against settings and metrics.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BOUNDS } from '../src/limits/bounds.ts';
import { METRICS, type MetricEntry } from '../src/metrics/metric-list.ts';
import { SETTINGS, type SettingName } from '../src/settings/settings.ts';

const ROWS = Object.values(BOUNDS).flat();

/** Collections that no stream of input can grow, or that end with the step that made them. */
const OTHERS: Readonly<Record<string, string>> = {
  'metrics.ts##values': 'one for each label of the list of metrics; other values count as `other`',
  'metrics.ts##histograms': 'one for each metric of the list',
  'metrics.ts##sources': 'one for each metric of the list',
  'key-ring.ts##known': 'the keys that an operator made',
  'key-ring.ts##used': 'the keys that an operator made',
  'key-ring.ts##unrecorded': 'the keys that an operator made',
  'workers.ts##running': 'as many as SPANLEDGER_WORKERS',
  'readers.ts##organisations': 'bounded there, by ORGANISATIONS_MAX',
  'readers.ts##clients': 'one for each of these organisations',
  'readers.ts##keys': 'the keys that an operator made',
  'readers.ts##madeOrganisations': 'a copy of the organisations',
  'adjustments.ts##waiting': 'days of frozen months',
  'ask.ts#texts': 'one for each question of the list',
  'tokenizer.ts#loaded': 'one for each encoding',
};

/** Files whose objects live as long as one step, bounded by what the step reads. */
const OF_ONE_STEP: readonly string[] = [
  'call-search.ts',
  'findings.ts',
  'growing-unit.ts',
  'organisation-units.ts',
  'record-tree.ts',
  'sightings.ts',
  'standing-budgets.ts',
  'tombstones.ts',
  'tool-tally.ts',
  'verify-answer.ts',
];

/** A field of a class, or a variable of a module, that begins empty and may be filled. */
const FIELD =
  /^ {2}(?:private |readonly |public )*(#?\w+)\??(?::.+?)?\s=\s(?:new (?:Map|Set)\b[^;\n]*\(\)|\[\]);/gm;
const OF_MODULE =
  /^(?:export )?(?:const|let) (\w+)(?::.+?)?\s=\s(?:new (?:Map|Set)\b[^;\n]*\(\)|\[\]);/gm;

function collections(): string[] {
  const found: string[] = [];
  for (const room of ['exporter', 'store']) {
    const folder = path.join(import.meta.dirname, '..', '..', room, 'src');
    for (const place of readdirSync(folder, { encoding: 'utf8', recursive: true })) {
      const file = path.basename(place);
      if (!file.endsWith('.ts') || OF_ONE_STEP.includes(file)) continue;
      const text = readFileSync(path.join(folder, place), 'utf8');
      for (const pattern of [FIELD, OF_MODULE]) {
        for (const [, name] of text.matchAll(pattern)) found.push(`${file}#${name}`);
      }
    }
  }
  return found;
}

test('every collection that stays is bounded by a row of the table, or cannot grow', () => {
  const held = ROWS.flatMap(({ holds = [] }) => holds);
  const unnamed = collections().filter((name) => !held.includes(name) && !(name in OTHERS));
  expect(unnamed).toEqual([]);
});

test('the search for collections finds them', () => {
  expect(collections()).toEqual(
    expect.arrayContaining(['recent-bodies.ts##outcomes', 'turns.ts##lines', 'gunzip.ts##waiting']),
  );
});

test('no reason is stale', () => {
  const found = collections();
  expect(Object.keys(OTHERS).filter((name) => !found.includes(name))).toEqual([]);
});

test('every setting that bounds something has its row', () => {
  const named = ROWS.map(({ name }) => name);
  const bounding = Object.keys(SETTINGS).filter((name) => /_MAX$|_WAIT_MS$|_RATE_/.test(name));
  const elsewhere = ['SPANLEDGER_CONTENT_BYTES_MAX'];
  expect(bounding.filter((name) => !named.includes(name) && !elsewhere.includes(name))).toEqual([]);
});

test.each(ROWS.map((row) => [row.name, row] as const))('%s', (name, row) => {
  if (row.value === null) expect(Object.keys(SETTINGS)).toContain(name);
  if (row.value === null) expect(SETTINGS[name as SettingName].fallback).toMatch(/^\d+$/);
  expect([row.unit, row.beyond].every((text) => text.length > 0)).toBe(true);
  if (row.metric === null) return;
  const entry: MetricEntry = METRICS[row.metric];
  const labels = Object.values(entry.labels ?? {}).flat();
  if (row.label !== undefined) expect(labels).toContain(row.label);
});
