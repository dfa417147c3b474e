// Anthropic's messages through @anthropic-ai/sdk, wherever they are served.

import { imported, readAll } from './loader.mjs';

export async function open(folder) {
  const { default: Anthropic } = await imported(folder);
  return async ({ url, body }) => {
    const client = new Anthropic({
      apiKey: 'none',
      baseURL: `${url.origin}${url.pathname.replace(/\/v1\/messages.*$/, '')}`,
      maxRetries: 0,
      fetch,
    });
    const { messages } = url.searchParams.get('beta') === 'true' ? client.beta : client;
    if (url.pathname.endsWith('/count_tokens')) return messages.countTokens(body);
    const answer = await messages.create(body);
    if (body.stream === true) await readAll(answer);
  };
}
