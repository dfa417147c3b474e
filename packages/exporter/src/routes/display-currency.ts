// Another currency beside the dollars of an answer: at the fixed rate of the price file, with the rate
// and its day, so that nobody takes it for what was billed. Nothing of it is stored.

import { inCurrency, SpanledgerError, usd, type DisplayCurrency } from '@spanledger/ledger';
import type { Stages } from '../stages.ts';

export function currencyOf({ prices }: Stages, code: string): DisplayCurrency {
  const found = prices.currencies.find((one) => one.code === code);
  if (found !== undefined) return found;
  const known = prices.currencies.map((one) => one.code).join(', ') || 'none in the price file';
  throw new SpanledgerError('invalid_parameter', `currency=${code}; configured: ${known}`);
}

/** The rate, where one was asked for. */
export function rateAnswer(currency: DisplayCurrency | null): object {
  if (currency === null) return {};
  const { code, per_usd, date } = currency;
  return { currency: { code, per_usd: usd(per_usd), date } };
}

/** The same amount in it, where one was asked for. */
export function amountAnswer(cost_usd: bigint | null, currency: DisplayCurrency | null): object {
  return currency === null ? {} : { cost: usd(inCurrency(cost_usd, currency)) };
}
