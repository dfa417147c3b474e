// OpenAI, and whoever copied its interface, through the openai package.

import { baseUrlOf, makeCopied } from './copied.mjs';
import { imported } from './loader.mjs';

export async function open(folder) {
  const { default: OpenAI } = await imported(folder);
  return (exchange) => {
    const client = new OpenAI({
      apiKey: 'none',
      baseURL: baseUrlOf(exchange.url),
      defaultQuery: Object.fromEntries(exchange.url.searchParams),
      maxRetries: 0,
      fetch,
    });
    return makeCopied(client, exchange);
  };
}
