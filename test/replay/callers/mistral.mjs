// Mistral through @mistralai/mistralai, whose client takes camel case.

import { camelCased, imported, readAll } from './loader.mjs';

const METHODS = [
  [/\/chat\/completions$/, ({ chat }) => [(body) => chat.complete(body), (body) => chat.stream(body)]],
  [/\/fim\/completions$/, ({ fim }) => [(body) => fim.complete(body), (body) => fim.stream(body)]],
  [/\/agents\/completions$/, ({ agents }) => [(body) => agents.complete(body), (body) => agents.stream(body)]],
  [/\/embeddings$/, ({ embeddings }) => [(body) => embeddings.create(body)]],
]; // prettier-ignore

export async function open(folder) {
  const { Mistral } = await imported(folder);
  return async ({ url, body }) => {
    const client = new Mistral({
      apiKey: 'none',
      serverURL: url.origin,
      retryConfig: { strategy: 'none' },
    });
    const [, methods] = METHODS.find(([ending]) => ending.test(url.pathname));
    const [whole, streamed] = methods(client);
    const { stream, input, ...given } = camelCased(body);
    if (input !== undefined) given.inputs = input;
    if (stream === true) return readAll(await streamed(given));
    return whole(given);
  };
}
