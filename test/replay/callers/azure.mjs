// Azure OpenAI by deployment, through the client of its own in the openai package.

import { makeCopied } from './copied.mjs';
import { required } from './loader.mjs';

export async function open(folder) {
  const { AzureOpenAI } = required(folder, 'openai');
  return (exchange) => {
    const { origin, pathname, searchParams } = exchange.url;
    const client = new AzureOpenAI({
      apiKey: 'none',
      endpoint: origin,
      deployment: decodeURIComponent(pathname.split('/')[3]),
      apiVersion: searchParams.get('api-version') ?? '2024-10-21',
      maxRetries: 0,
      fetch,
    });
    return makeCopied(client, exchange);
  };
}
