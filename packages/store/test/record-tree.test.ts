// What goes with a record that is deleted, told on small trees.

import { expect, test } from 'vitest';
import { RecordTree, type JudgedRecord, type StoredRecord } from '../src/usage/record-tree.ts';
import { Tombstones } from '../src/deletion/tombstones.ts';

/** `parent/child` hangs beneath `parent`; `span@event` is an event on a span. */
function record(text: string): StoredRecord {
  const [path = '', event_id = ''] = text.split('@');
  const names = path.split('/');
  const span_id = names.at(-1) ?? '';
  const parent_span_id = event_id === '' ? (names.at(-2) ?? '') : '';
  return { trace_id: 't', span_id, event_id, parent_span_id, start_time: 0n };
}

const judged = (text: string, role: JudgedRecord['role']): JudgedRecord => ({
  ...record(text),
  ...{ role, counted: role === 'owner' ? 1 : 0, owner_trace_id: '', owner_span_id: '' },
});

function takenOf(tree: RecordTree): string[] {
  const shown = tree.taken().keys.map(({ span_id, event_id }) => {
    if (span_id === '' && event_id === '') return 'all';
    return event_id === '' ? span_id : `${span_id}@${event_id}`;
  });
  return shown.sort();
}

test.each([
  ['a leaf', ['a', 'a/b', 'a/c'], ['a/b'], ['b']],
  ['all beneath, however deep', ['a', 'a/b', 'b/c', 'c/d', 'a/e'], ['a/b'], ['b', 'c', 'd']],
  ['a root is the trace', ['a', 'a/b', 'a@x'], ['a'], ['all']],
  ['a root without an orphan', ['a', 'a/b', 'lost/o'], ['a'], ['a', 'b']],
  ['all that is stored, and no root', ['a/b', 'b/c'], ['a/b'], ['b', 'c']],
  ['one event of a span', ['a', 'a/b', 'b@x', 'b@y'], ['b@x'], ['b@x']],
  ['a span with its events', ['a', 'a/b', 'b@x'], ['a/b'], ['b']],
  ['a circle ends', ['a/b', 'b/a', 'r'], ['a/b'], ['a', 'b']],
])('%s', (_, stored, roots, expected) => {
  const tree = new RecordTree(stored.map(record), new Tombstones());
  for (const root of roots) tree.takeWithin(record(root));
  expect(takenOf(tree)).toEqual(expected);
});

test('what was deleted before is not taken again, and completes a trace', () => {
  const before = new Tombstones();
  before.add(record('a/b'), 'earlier');
  const tree = new RecordTree([record('a'), record('a/b')], before);
  tree.takeWithin(record('a/b'));
  expect(takenOf(tree)).toEqual([]);
  tree.takeWithin(record('a'));
  expect(takenOf(tree)).toEqual(['all']);
});

test.each([
  ['goes with the last of its calls', ['s/b', 's/c'], ['b', 'c', 's']],
  ['stays with one of them', ['s/b'], ['b']],
])('a sum %s', (_, roots, expected) => {
  const stored = ['r', 'r/s', 's/b', 's/c'].map(record);
  const tree = new RecordTree(stored, new Tombstones());
  for (const root of roots) tree.takeWithin(record(root));
  const rows = [judged('r/s', 'aggregate'), judged('s/b', 'owner'), judged('s/c', 'owner')];
  tree.takeEmptiedSums(rows);
  expect(takenOf(tree)).toEqual(expected);
});
