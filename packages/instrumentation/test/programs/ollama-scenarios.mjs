// Every way an agent may use ollama.

import { forget, kindOf, readAll, readSome } from './vendor-play.mjs';

export const open = ({ Ollama }, host) => new Ollama({ host });

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
const ask = (model, more) => ({ model, messages: MESSAGES, ...more });

export const scenarios = {
  'm-whole': async (client, model) => {
    const promise = client.chat(ask(model, { options: { temperature: 0.5, num_predict: 64 } }));
    return { kind: kindOf(promise), answer: await promise };
  },
  'm-tool': (client, model) => client.chat(ask(model, { tools: TOOLS })),
  'm-stream': async (client, model) => {
    const stream = await client.chat(ask(model, { stream: true }));
    return { kind: stream.constructor.name, keys: Object.keys(stream), all: await readAll(stream) };
  },
  'm-cached': (client, model) => client.chat(ask(model)),
  'm-break': async (client, model) => readSome(await client.chat(ask(model, { stream: true })), 1),
  'm-abort': async (client, model) => {
    const stream = await client.chat(ask(model, { stream: true }));
    const seen = [];
    for await (const part of stream) {
      seen.push(part);
      stream.abort();
    }
    return seen;
  },
  'm-cut': async (client, model) => readAll(await client.chat(ask(model, { stream: true }))),
  'm-broken': async (client, model) => readAll(await client.chat(ask(model, { stream: true }))),
  'm-again': async (client, model) => {
    const stream = await client.chat(ask(model, { stream: true }));
    await readAll(stream);
    return readAll(stream);
  },
  'm-generate': (client, model) => client.generate({ model, prompt: 'Hi' }),
  'm-generate-stream': async (client, model) =>
    readAll(await client.generate({ model, prompt: 'Hi', stream: true })),
  'm-missing': (client, model) => client.chat(ask(model)),
  'm-forgotten': (client, model) => forget(() => void client.chat(ask(model))),
  'm-embed': (client, model) => client.embed({ model, input: ['Hi'] }),
};
