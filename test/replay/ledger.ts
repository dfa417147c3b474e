// The ledger of one exchange, from what the instrumentation sent of it: as `spanledger account` makes
// it, and its rows.

import {
  account,
  Block,
  bundledPriceBook,
  decodeTraces,
  parseRequests,
  readFacts,
  settle,
  type Account,
  type Fact,
  type LedgerRow,
} from '@spanledger/ledger';
import { calledTools } from './spans.ts';

const book = bundledPriceBook();

export interface ExchangeLedger {
  readonly account: Account;
  /** The rows that totals add. */
  readonly counted: readonly LedgerRow[];
  /** Calls that were refused, which bill nothing. */
  readonly refused: readonly LedgerRow[];
  readonly facts: readonly Fact[];
  /** Names of the tools that the model called; null when nothing tells. The ledger counts them only. */
  readonly tool_calls: readonly string[] | null;
}

/** `otlp` is a request in JSON; null for nothing. */
export function ledgerOf(otlp: string | null): ExchangeLedger {
  const requests = otlp === null ? [] : parseRequests(Buffer.from(otlp), 'spans.json');
  const block = new Block();
  for (const { body } of requests) decodeTraces(body, block, { org_id: 'default' });
  const facts = readFacts(block);
  const { rows } = settle(facts, book);
  return {
    account: account(requests, book),
    counted: rows.filter((row) => row.counted),
    refused: rows.filter((row) => !row.counted && row.status === 'error' && row.kind !== 'other'),
    facts,
    tool_calls: otlp === null ? null : calledTools(otlp),
  };
}
