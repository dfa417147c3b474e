// Together through its own package.

import { baseUrlOf, makeCopied } from './copied.mjs';
import { imported } from './loader.mjs';

export async function open(folder) {
  const { default: Together } = await imported(folder);
  return (exchange) => {
    const client = new Together({
      apiKey: 'none',
      baseURL: baseUrlOf(exchange.url),
      maxRetries: 0,
      fetch,
    });
    return makeCopied(client, exchange);
  };
}
