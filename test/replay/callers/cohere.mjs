// Cohere through cohere-ai, whose clients take camel case.

import { camelCased, imported, readAll } from './loader.mjs';

const METHODS = {
  chat: 'chat', generate: 'generate', embed: 'embed', rerank: 'rerank', tokenize: 'tokenize',
}; // prettier-ignore

export async function open(folder) {
  const { CohereClient, CohereClientV2 } = await imported(folder);
  return async ({ url, body }) => {
    const [, version, path] = /\/v([12])\/(\w+)$/.exec(url.pathname);
    const Client = version === '2' ? CohereClientV2 : CohereClient;
    const client = new Client({ token: 'none', environment: url.origin, maxRetries: 0 });
    const { stream, ...given } = camelCased(body);
    if (stream === true) return readAll(await client[`${METHODS[path]}Stream`](given));
    return client[METHODS[path]](given);
  };
}
