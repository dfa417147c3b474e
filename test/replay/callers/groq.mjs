// Groq through its own package.

import { makeCopied } from './copied.mjs';
import { imported } from './loader.mjs';

export async function open(folder) {
  const { default: Groq } = await imported(folder);
  return (exchange) => {
    const client = new Groq({ apiKey: 'none', baseURL: exchange.url.origin, maxRetries: 0 });
    return makeCopied(client, exchange);
  };
}
