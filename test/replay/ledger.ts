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

const book = bundledPriceBook();

export interface ExchangeLedger {
  readonly account: Account;
  /** The rows that totals add. */
  readonly counted: readonly LedgerRow[];
  readonly facts: readonly Fact[];
}

/** `otlp` is a request in JSON; null for nothing. */
export function ledgerOf(otlp: string | null): ExchangeLedger {
  const requests = otlp === null ? [] : parseRequests(Buffer.from(otlp), 'spans.json');
  const block = new Block();
  for (const { body } of requests) decodeTraces(body, block, { org_id: 'default' });
  const facts = readFacts(block);
  const counted = settle(facts, book).rows.filter((row) => row.counted);
  return { account: account(requests, book), counted, facts };
}
