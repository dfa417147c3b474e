// Every way an agent may use @mistralai/mistralai. Its streams are web streams.

import { forget, kindOf, readAll, readSome } from './vendor-play.mjs';

export const open = ({ Mistral }, serverURL) =>
  new Mistral({
    apiKey: 'none',
    serverURL,
    retryConfig: {
      strategy: 'backoff',
      backoff: { initialInterval: 1, maxInterval: 1, exponent: 1, maxElapsedTime: 1000 },
      retryConnectionErrors: false,
    },
  });

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
const ask = (model, more) => ({ model, messages: MESSAGES, ...more });

export const scenarios = {
  'm-whole': async ({ chat }, model) => {
    const promise = chat.complete(ask(model, { temperature: 0.5, maxTokens: 64, stop: ['.'] }));
    return { kind: kindOf(promise), answer: await promise };
  },
  'm-tool': ({ chat }, model) => chat.complete(ask(model, { tools: TOOLS })),
  'm-stream': async ({ chat }, model) => {
    const stream = await chat.stream(ask(model));
    return { kind: stream.constructor.name, keys: Object.keys(stream), all: await readAll(stream) };
  },
  'm-tool-stream': async ({ chat }, model) =>
    readAll(await chat.stream(ask(model, { tools: TOOLS }))),
  'm-break': async ({ chat }, model) => readSome(await chat.stream(ask(model)), 1),
  'm-tee': async ({ chat }, model) => {
    const [left, right] = (await chat.stream(ask(model))).tee();
    return { left: await readAll(left), right: await readAll(right) };
  },
  'm-reader': async ({ chat }, model) => {
    const reader = (await chat.stream(ask(model))).getReader();
    const first = await reader.read();
    await reader.cancel('enough');
    return { first, after: await reader.read() };
  },
  'm-cut': async ({ chat }, model) => readAll(await chat.stream(ask(model))),
  'm-broken': async ({ chat }, model) => readAll(await chat.stream(ask(model))),
  'm-agent': ({ agents }, agentId) => agents.complete({ agentId, messages: MESSAGES }),
  'm-fim': ({ fim }, model) => fim.complete({ model, prompt: 'def', suffix: 'return' }),
  'm-fim-stream': async ({ fim }, model) => readAll(await fim.stream({ model, prompt: 'def' })),
  'm-retry': ({ chat }, model) => chat.complete(ask(model)),
  'm-missing': ({ chat }, model) => chat.complete(ask(model)),
  'm-wrong': ({ chat }, model) => chat.complete({ model, messages: 'none' }),
  'm-abort': ({ chat }, model) => {
    const gone = new AbortController();
    const answer = chat.complete(ask(model), { fetchOptions: { signal: gone.signal } });
    setImmediate(() => gone.abort());
    return answer;
  },
  'm-forgotten': ({ chat }, model) => forget(() => void chat.complete(ask(model))),
  'm-talk': ({ beta }, model) =>
    beta.conversations.start({ model, inputs: 'Hi', completionArgs: { temperature: 0.5 } }),
  'm-talk-stream': async ({ beta }, model) =>
    readAll(await beta.conversations.startStream({ model, inputs: 'Hi', tools: TOOLS })),
  'm-talk-on': ({ beta }, conversationId) =>
    beta.conversations.append({
      conversationId,
      conversationAppendRequest: { inputs: [{ role: 'user', content: 'and then?' }] },
    }),
  'm-embed': ({ embeddings }, model) => embeddings.create({ model, inputs: ['Hi'] }),
};
