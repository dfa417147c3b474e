// Every way an agent may use cohere-ai: the first version of the API, and the second.

import { forget, kindOf, readAll, readSome } from './vendor-play.mjs';

export const open = ({ CohereClient }, environment) =>
  new CohereClient({ token: 'none', environment });

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
const ask = (model, more) => ({ model, messages: MESSAGES, ...more });

export const scenarios = {
  'm-first': async (client, model) => {
    const promise = client.chat({ model, message: 'Hi', temperature: 0.5, maxTokens: 64 });
    return { kind: kindOf(promise), answer: await promise };
  },
  'm-first-stream': async (client, model) =>
    readAll(await client.chatStream({ model, message: 'Hi' })),
  'm-first-generate': (client, model) => client.generate({ model, prompt: 'Hi' }),
  'm-whole': async ({ v2 }, model) => {
    const promise = v2.chat(ask(model, { p: 0.5, k: 3, stopSequences: ['.'] }));
    return { kind: kindOf(promise), answer: await promise };
  },
  'm-raw': async ({ v2 }, model) => {
    const promise = v2.chat(ask(model));
    if (promise.withRawResponse === undefined) return { data: await promise, status: 200 };
    const { data, rawResponse } = await promise.withRawResponse();
    return { data, status: rawResponse.status };
  },
  'm-tool': ({ v2 }, model) => v2.chat(ask(model, { tools: TOOLS })),
  'm-stream': async ({ v2 }, model) => {
    const stream = await v2.chatStream(ask(model));
    return { kind: stream.constructor.name, all: await readAll(stream) };
  },
  'm-tool-stream': async ({ v2 }, model) =>
    readAll(await v2.chatStream(ask(model, { tools: TOOLS }))),
  'm-break': async ({ v2 }, model) => readSome(await v2.chatStream(ask(model)), 2),
  'm-cut': async ({ v2 }, model) => readAll(await v2.chatStream(ask(model))),
  'm-missing': ({ v2 }, model) => v2.chat(ask(model)),
  'm-abort': ({ v2 }, model) => {
    const gone = new AbortController();
    const answer = v2.chat(ask(model), {
      abortSignal: gone.signal,
      // Its timer goes on after the call, and keeps the program.
      timeoutInSeconds: 1,
    });
    setTimeout(() => gone.abort(), 50);
    return answer;
  },
  'm-forgotten': ({ v2 }, model) => forget(() => void v2.chat(ask(model)).then(() => {})),
  'm-embed': ({ v2 }, model) =>
    v2.embed({ model, texts: ['Hi'], inputType: 'search_query', embeddingTypes: ['float'] }),
  'm-rerank': ({ v2 }, model) => v2.rerank({ model, query: 'Hi', documents: ['a', 'b'] }),
};
