// Ollama's own interface through the ollama package.

import { imported, readAll } from './loader.mjs';

export async function open(folder) {
  const { Ollama } = await imported(folder);
  return async ({ url, body }) => {
    const client = new Ollama({ host: url.origin });
    const method = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
    const answer = await client[method](body);
    if (body.stream === true) await readAll(answer);
  };
}
