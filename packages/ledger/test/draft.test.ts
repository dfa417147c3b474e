// The draft names its fields three times, because that is fast; they must be the same ones.

import { expect, test } from 'vitest';

import { Draft, DRAFT_FIELDS, type DraftValue } from '../src/draft.ts';

test('spread lists every field in the order of DRAFT_FIELDS', () => {
  const draft = new Draft();
  for (const name of DRAFT_FIELDS) Object.assign(draft, { [name]: name });
  const values: DraftValue[] = [];
  draft.spread(values);
  expect(values).toEqual(DRAFT_FIELDS);
});

test('clear makes a used draft as good as a new one', () => {
  const draft = new Draft();
  for (const name of Object.keys(draft)) Object.assign(draft, { [name]: name });
  draft.clear('unset');
  expect(draft).toEqual(new Draft());
});
