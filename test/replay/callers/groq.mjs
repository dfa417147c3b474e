// Groq through its own package.

import { makeCopied } from './copied.mjs';
import { imported } from './loader.mjs';

export async function open(folder) {
  const { default: Groq } = await imported(folder);
  return (exchange) => {
    const client = new Groq({ apiKey: 'none', baseURL: exchange.url.origin, maxRetries: 0, fetch });
    return makeCopied(client, exchange);
  };
}
