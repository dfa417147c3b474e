// Claude on Vertex through @anthropic-ai/vertex-sdk, which makes the requests of @anthropic-ai/sdk.

import { imported, readAll } from './loader.mjs';

export async function open(folder) {
  const { AnthropicVertex } = await imported(folder);
  return async ({ url, body }) => {
    const path = decodeURIComponent(url.pathname);
    const [, version, projectId, region, model] =
      /^(\/v\w+)\/projects\/([^/]+)\/locations\/([^/]+)\/.*\/models\/([^:]+):/.exec(path);
    const client = new AnthropicVertex({
      projectId,
      region,
      authClient: { getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }) },
      baseURL: `${url.origin}${version}`,
      maxRetries: 0,
      fetch,
    });
    const { anthropic_version: _, ...given } = body;
    const answer = await client.messages.create({ ...given, model });
    if (body.stream === true) await readAll(answer);
  };
}
