// Which counted call of the ledger is which served call: by the provider's id where both have it,
// else by time and model, the likest first; one to one.

import type { LedgerRow } from '@spanledger/ledger';
import { figuresOf } from './figures.ts';
import { CLASSES, type ServedCall } from './truth-file.ts';

export interface Matching {
  readonly pairs: readonly { readonly row: LedgerRow; readonly served: ServedCall }[];
  /** Counted, though nothing was served for it. */
  readonly invented: readonly LedgerRow[];
  /** Served, though no record tells of it. */
  readonly unseen: readonly ServedCall[];
}

/** A record's clock and its batching may put it this far from what the provider saw. */
const SLACK_NS = 2_000_000_000n;

export function match(rows: readonly LedgerRow[], served: readonly ServedCall[]): Matching {
  const pairs: { row: LedgerRow; served: ServedCall }[] = [];
  const left = new Set(rows);
  const open = new Set(served);
  const pair = (row: LedgerRow, call: ServedCall): void => {
    left.delete(row);
    open.delete(call);
    pairs.push({ row, served: call });
  };
  const byId = new Map(served.map((call) => [call.response_id, call]));
  for (const row of rows) {
    const call = row.response_id === '' ? undefined : byId.get(row.response_id);
    if (call !== undefined && open.has(call)) pair(row, call);
  }
  const candidates = [...left].flatMap((row) =>
    [...open]
      .filter((call) => mayBe(row, call))
      .map((call) => ({ row, call, unlikeness: unlikeness(row, call) })),
  );
  candidates.sort((a, b) => a.unlikeness - b.unlikeness);
  for (const { row, call } of candidates) if (left.has(row) && open.has(call)) pair(row, call);
  return { pairs, invented: [...left], unseen: [...open] };
}

function mayBe(row: LedgerRow, call: ServedCall): boolean {
  if (call.start_ns === null || call.end_ns === null) return true;
  const end = row.start_time + row.duration_ns;
  return row.start_time <= call.end_ns + SLACK_NS && call.start_ns <= end + SLACK_NS;
}

/** Another model weighs more than other figures, those more than distance in time; known ones win. */
function unlikeness(row: LedgerRow, call: ServedCall): number {
  const known = figuresOf(row);
  const differing = CLASSES.filter((name) => known[name] !== null && known[name] !== call[name]);
  const unknown = CLASSES.filter((name) => known[name] === null);
  const same = CLASSES.filter((name) => known[name] === call[name] && call[name] > 0);
  const figures = (differing.length - same.length) * 10 + unknown.length * 0.1;
  return (sharesModel(row, call) ? 0 : 1000) + figures + Math.min(secondsApart(row, call), 9);
}

function secondsApart(row: LedgerRow, call: ServedCall): number {
  return call.start_ns === null ? 0 : Math.abs(Number(row.start_time - call.start_ns) / 1e9);
}

function sharesModel(row: LedgerRow, call: ServedCall): boolean {
  const wanted = bare(call.model);
  return [row.request_model, row.response_model].some((model) => {
    const name = bare(model);
    return name !== '' && (name.startsWith(wanted) || wanted.startsWith(name));
  });
}

const bare = (model: string): string => model.slice(model.lastIndexOf('/') + 1).toLowerCase();
