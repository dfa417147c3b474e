// Holds the ledger of a capture against what the provider served: never above it in any class, each
// served call one call, and a reason for all that is missing.

import { readFileSync } from 'node:fs';
import {
  account,
  Block,
  bundledPriceBook,
  decodeLogs,
  decodeTraces,
  parseRequests,
  readFacts,
  settle,
  type Doubt,
  type LedgerRow,
  type PriceBook,
} from '@spanledger/ledger';
import { addFigures, figuresOf } from './figures.ts';
import { match, type Matching } from './matching.ts';
import { CLASSES, type Capture, type Class, type Figures, type ServedCall } from './truth-file.ts';

export interface Comparison {
  readonly name: string;
  readonly emitter: string;
  /**
   * exact: input and output of every call that told its usage, and nothing else. less: the capture
   * does not carry all of it, and the ledger says so. contradiction: the ledger is wrong.
   */
  readonly result: 'exact' | 'less' | 'contradiction';
  readonly calls: { readonly counted: number; readonly served: number };
  readonly counted: Figures;
  readonly billed: Figures;
  /** The most that a client could have known. */
  readonly billed_usage_sent: Figures;
  /** What is not carried, and the ledger's reason for it. */
  readonly missing: readonly string[];
  readonly contradictions: readonly string[];
}

const book: PriceBook = bundledPriceBook();

export function compare(capture: Capture): Comparison {
  const ledger = ledgerOf(capture.otlp_file);
  const rows = ledger.filter((row) => row.counted);
  const { served } = capture.truth;
  const matching = match(rows, served);
  const missing = new Set<string>();
  const contradictions: string[] = [];
  for (const { row, served: call } of matching.pairs) {
    judgeCall(row, call, missing, contradictions);
  }
  judgeCalls(matching, ledger, missing, contradictions);
  const counted = addFigures(rows.map(figuresOf));
  const billed = addFigures(served);
  const billed_usage_sent = addFigures(served.filter((call) => call.usage_sent));
  for (const name of CLASSES) {
    if ((counted[name] ?? 0) > (billed[name] ?? 0)) {
      contradictions.push(
        `${name} ${counted[name]} in all is above the ${billed[name] ?? 0} billed`,
      );
    }
  }
  judgeMetrics(capture.otlp_file, billed, missing, contradictions);
  const full = (['input', 'output'] as const).every(
    (name) => (counted[name] ?? 0) >= (billed_usage_sent[name] ?? 0),
  );
  return {
    name: capture.name,
    emitter: capture.truth.emitter,
    result: contradictions.length > 0 ? 'contradiction' : full ? 'exact' : 'less',
    calls: { counted: rows.length, served: served.length },
    counted,
    billed,
    billed_usage_sent,
    missing: [...missing],
    contradictions,
  };
}

function ledgerOf(file: string): readonly LedgerRow[] {
  const block = new Block();
  for (const request of parseRequests(readFileSync(file), file)) {
    if (request.signal === 'metrics') continue;
    const read = request.signal === 'traces' ? decodeTraces : decodeLogs;
    read(request.body, block, { org_id: 'default' });
  }
  return settle(readFacts(block), book).rows;
}

/** Sums that only metrics tell are in no total; they may not be above what was billed all the same. */
function judgeMetrics(
  file: string,
  billed: Figures,
  missing: Set<string>,
  contradictions: string[],
): void {
  const requests = parseRequests(readFileSync(file), file);
  const told = addFigures(
    (account(requests, book).metric_only ?? []).map(({ tokens }) => ({
      input: tokens.input_total,
      cached: tokens.cache_read,
      cache_write: tokens.cache_write,
      output: tokens.output_total,
      reasoning: tokens.reasoning,
    })),
  );
  for (const name of CLASSES) {
    const known = told[name];
    if (known === null) continue;
    const what = `${name} ${known} of ${billed[name] ?? 0}, from metrics only`;
    if (known > (billed[name] ?? 0)) contradictions.push(`${what}: above`);
    else missing.add(`${what}: metric_only`);
  }
}

function judgeCall(
  row: LedgerRow,
  call: ServedCall,
  missing: Set<string>,
  contradictions: string[],
): void {
  // A sum stands for all the calls beneath it: it is held against the bill in all, not against one.
  if (row.doubts.includes('aggregate_only')) return;
  const figures = figuresOf(row);
  for (const name of CLASSES) {
    const known = figures[name];
    if (known === call[name] || (known === null && call[name] === 0)) continue;
    const what = `${name} ${known ?? 'unknown'} of ${call[name]}`;
    const reason = reasonFor(row, name);
    if (known !== null && known > call[name])
      contradictions.push(`${what}: above (${placeOf(row)})`);
    else if (reason !== '') missing.add(`${name}: ${reason}`);
    else contradictions.push(`${what}: less, without a reason (${placeOf(row)})`);
  }
}

/** What a row may say where its figures are below the bill; other doubts are of other things. */
const DOUBTS_OF_LESS: readonly Doubt[] = [
  'input_may_exclude_cache',
  'may_be_estimate',
  'may_hold_several_bills',
  'output_may_exclude_reasoning',
  'overwritten_span',
  'stream_aborted',
  'truncated_usage',
];

/** Why a class of a call is unknown or low, as the row itself says it; '' when it says nothing. */
function reasonFor(row: LedgerRow, name: Class): string {
  if (row.usage_reason !== '') return row.usage_reason;
  if (name === 'cached' || name === 'cache_write' || name === 'reasoning') {
    if (figuresOf(row)[name] === null) return 'class_not_reported';
  }
  return row.doubts.filter((doubt) => DOUBTS_OF_LESS.includes(doubt)).join(' ');
}

/** What the ledger may say where it knows that calls are missing without having seen them. */
const DOUBTS_OF_UNSEEN: readonly Doubt[] = ['no_call_telemetry', 'may_hold_several_bills'];

function judgeCalls(
  matching: Matching,
  ledger: readonly LedgerRow[],
  missing: Set<string>,
  contradictions: string[],
): void {
  for (const row of matching.invented) {
    contradictions.push(`a call that was not served: ${placeOf(row)}`);
  }
  const unseen = matching.unseen.length;
  if (unseen === 0) return;
  const said = DOUBTS_OF_UNSEEN.filter((code) => ledger.some((row) => row.doubts.includes(code)));
  missing.add(`calls: no record tells of ${unseen} (${said.join(' ') || 'nothing was sent'})`);
}

const placeOf = (row: LedgerRow): string =>
  `${row.signal} ${row.span_id || row.event_id} "${row.name}" of ${row.dialect}: ${row.rule}`;
