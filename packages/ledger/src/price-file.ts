// The door to the price file: what parses it is loaded only where there is one, because few commands
// need it and each would wait for it.

import type { OwnPrices } from './own-prices.ts';

/** Own prices from YAML or JSON; throws SpanledgerError('invalid_price_file') with line and place. */
export async function readPriceFile(text: string, file: string): Promise<OwnPrices> {
  const { parsePrices } = await import('./price-text.ts');
  return parsePrices(text, file);
}
