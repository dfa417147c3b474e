// Every way an agent may use Amazon Bedrock's runtime client.

import { createRequire } from 'node:module';
import { forget, kindOf, readAll, readSome } from './vendor-play.mjs';

const { NodeHttpHandler } = createRequire(process.argv[3])('@smithy/node-http-handler');

export const open = ({ BedrockRuntimeClient }, endpoint) =>
  new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    requestHandler: new NodeHttpHandler(),
  });

const MESSAGES = [{ role: 'user', content: [{ text: 'Hi' }] }];
const TOOLS = { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: {} } } }] };
const ask = (modelId, more) => ({ modelId, messages: MESSAGES, ...more });
const lines = (value) => Buffer.from(value).toString();

/** How long the client waited between its tries differs from run to run. */
function steady({ $metadata: { totalRetryDelay: _waited, ...metadata }, ...rest }) {
  return { ...rest, $metadata: metadata };
}

async function invoke(client, sdk, modelId, body) {
  const command = new sdk.InvokeModelCommand({ modelId, body: JSON.stringify(body) });
  const answer = await client.send(command);
  return { said: lines(answer.body), kind: answer.body.constructor.name };
}

async function invokeStream(client, sdk, modelId, body) {
  const command = new sdk.InvokeModelWithResponseStreamCommand({
    modelId,
    body: JSON.stringify(body),
  });
  const { body: stream } = await client.send(command);
  return (await readAll(stream)).map(({ chunk }) => lines(chunk.bytes));
}

const CLAUDE = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: MESSAGES };

export const scenarios = {
  'm-whole': async (client, modelId, { ConverseCommand }) => {
    const inferenceConfig = { temperature: 0.5, maxTokens: 64, stopSequences: ['.'] };
    const promise = client.send(new ConverseCommand(ask(modelId, { inferenceConfig })));
    return { kind: kindOf(promise), ...steady(await promise) };
  },
  'm-callback': (client, modelId, { ConverseCommand }) =>
    new Promise((resolve) => {
      const returned = client.send(new ConverseCommand(ask(modelId)), (error, answer) =>
        resolve({ error, answer: steady(answer), returned }),
      );
    }),
  'm-tool': async (client, modelId, { ConverseCommand }) =>
    steady(await client.send(new ConverseCommand(ask(modelId, { toolConfig: TOOLS })))),
  'm-stream': async (client, modelId, { ConverseStreamCommand }) => {
    const { stream } = await client.send(new ConverseStreamCommand(ask(modelId)));
    return { keys: Object.keys(stream), events: await readAll(stream) };
  },
  'm-tool-stream': async (client, modelId, { ConverseStreamCommand }) => {
    const command = new ConverseStreamCommand(ask(modelId, { toolConfig: TOOLS }));
    return readAll((await client.send(command)).stream);
  },
  'm-break': async (client, modelId, { ConverseStreamCommand }) => {
    const { stream } = await client.send(new ConverseStreamCommand(ask(modelId)));
    return readSome(stream, 2);
  },
  'm-broken': async (client, modelId, { ConverseStreamCommand }) =>
    readAll((await client.send(new ConverseStreamCommand(ask(modelId)))).stream),
  'm-retry': async (client, modelId, { ConverseCommand }) =>
    steady(await client.send(new ConverseCommand(ask(modelId)))),
  'm-missing': (client, modelId, { ConverseCommand }) =>
    client.send(new ConverseCommand(ask(modelId))),
  'm-abort': (client, modelId, { ConverseCommand }) => {
    const gone = new AbortController();
    const answer = client.send(new ConverseCommand(ask(modelId)), { abortSignal: gone.signal });
    setImmediate(() => gone.abort());
    return answer;
  },
  'm-forgotten': (client, modelId, { ConverseCommand }) =>
    forget(() => void client.send(new ConverseCommand(ask(modelId)))),
  'anthropic.m': (client, modelId, sdk) => invoke(client, sdk, modelId, CLAUDE),
  'anthropic.m-stream': (client, modelId, sdk) => invokeStream(client, sdk, modelId, CLAUDE),
  'amazon.nova-m': (client, modelId, sdk) =>
    invoke(client, sdk, modelId, { messages: MESSAGES, inferenceConfig: { max_new_tokens: 9 } }),
  'amazon.nova-m-stream': (client, modelId, sdk) =>
    invokeStream(client, sdk, modelId, { messages: MESSAGES, inferenceConfig: {} }),
  'amazon.titan-m': (client, modelId, sdk) =>
    invoke(client, sdk, modelId, { inputText: 'Hi', textGenerationConfig: { maxTokenCount: 9 } }),
  'amazon.titan-m-stream': (client, modelId, sdk) =>
    invokeStream(client, sdk, modelId, { inputText: 'Hi' }),
  'amazon.titan-embed-m': (client, modelId, sdk) =>
    invoke(client, sdk, modelId, { inputText: 'Hi', dimensions: 3 }),
  'meta.llama-m': (client, modelId, sdk) =>
    invoke(client, sdk, modelId, { prompt: 'Hi', max_gen_len: 9 }),
  'mistral.m': (client, modelId, sdk) => invoke(client, sdk, modelId, { messages: MESSAGES }),
  'cohere.command-m': (client, modelId, sdk) =>
    invoke(client, sdk, modelId, { prompt: 'Hi', p: 1 }),
};
