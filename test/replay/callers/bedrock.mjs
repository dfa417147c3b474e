// Bedrock through @aws-sdk/client-bedrock-runtime. Its requests go by node:http and not by fetch, so
// its endpoint is the replay server itself.

import { imported, readAll, required } from './loader.mjs';

export async function open(folder, placeOf) {
  const sdk = await imported(folder);
  const { NodeHttpHandler } = required(folder, '@smithy/node-http-handler');
  return async ({ number, url, body }) => {
    const client = new sdk.BedrockRuntimeClient({
      region: /\.([a-z]{2}-[a-z-]+-\d)\./.exec(url.hostname)?.[1] ?? 'us-east-1',
      endpoint: placeOf(number, new URL(url.origin)).replace(/\/$/, ''),
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    });
    const [, modelId, method] = /\/model\/([^/]+)\/([a-z-]+)$/.exec(url.pathname);
    await METHODS[method](client, sdk, decodeURIComponent(modelId), body);
  };
}

const METHODS = {
  converse: (client, sdk, modelId, body) =>
    client.send(new sdk.ConverseCommand({ modelId, ...withBytes(body) })),
  'converse-stream': async (client, sdk, modelId, body) => {
    const command = new sdk.ConverseStreamCommand({ modelId, ...withBytes(body) });
    await readAll((await client.send(command)).stream);
  },
  invoke: (client, sdk, modelId, body) =>
    client.send(new sdk.InvokeModelCommand({ modelId, ...JSON_BODY, body: JSON.stringify(body) })),
  'invoke-with-response-stream': async (client, sdk, modelId, body) => {
    const given = { modelId, ...JSON_BODY, body: JSON.stringify(body) };
    const command = new sdk.InvokeModelWithResponseStreamCommand(given);
    await readAll((await client.send(command)).body);
  },
  'count-tokens': (client, sdk, modelId, body) =>
    client.send(new sdk.CountTokensCommand({ modelId, ...withBytes(body) })),
};

const JSON_BODY = { contentType: 'application/json', accept: 'application/json' };

/** What was sent as base64 is given to the SDK as bytes. */
function withBytes(value) {
  if (typeof value === 'string') return {};
  return JSON.parse(JSON.stringify(value), (name, inner) =>
    name === 'bytes' && typeof inner === 'string'
      ? new Uint8Array(Buffer.from(inner, 'base64'))
      : inner,
  );
}
