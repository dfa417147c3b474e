// The program under test: every way an agent may use the openai client, one after the other. It
// prints what it sees, and must print the same whether it is watched or not.

import { mediaScenarios } from './openai-media-scenarios.mjs';

/** How long the program waits for an answer that never comes; more where much runs at once. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 500);
const MESSAGES = [{ role: 'user', content: 'Hi' }];
const TOOLS = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: {} } },
  },
];
const WITH_USAGE = { stream_options: { include_usage: true } };

export async function readAll(stream) {
  const seen = [];
  for await (const chunk of stream) seen.push(chunk);
  return seen;
}

/** A tool that the client runs by itself, between two calls. */
const RUNNABLE = {
  type: 'function',
  function: {
    name: 'weather',
    parse: JSON.parse,
    parameters: { type: 'object', properties: {} },
    function: ({ city }) => `sunny in ${city}`,
  },
};

function runTools(client, ask) {
  const chat = client.chat.completions.runTools ? client.chat : client.beta.chat;
  return chat.completions.runTools({ ...ask, tools: [RUNNABLE] });
}

const scenarios = {
  'm-chat': (client, ask) => client.chat.completions.create(ask),
  'm-stream': async (client, ask) =>
    readAll(await client.chat.completions.create({ ...ask, stream: true, ...WITH_USAGE })),
  'm-stream-bare': async (client, ask) =>
    readAll(await client.chat.completions.create({ ...ask, stream: true })),
  'm-tool': (client, ask) => client.chat.completions.create({ ...ask, tools: TOOLS }),
  'm-tool-stream': async (client, ask) =>
    readAll(
      await client.chat.completions.create({ ...ask, tools: TOOLS, stream: true, ...WITH_USAGE }),
    ),
  'm-helper': async (client, ask) => {
    const chat = client.chat.completions.stream ? client.chat : client.beta.chat;
    const stream = chat.completions.stream({ ...ask, ...WITH_USAGE });
    const deltas = [];
    stream.on('content', (delta) => deltas.push(delta));
    const final = await stream.finalChatCompletion();
    return { deltas, final, usage: await stream.totalUsage() };
  },
  'm-parse': async (client, ask) => {
    const chat = client.chat.completions.parse ? client.chat : client.beta.chat;
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const format = { type: 'json_schema', json_schema: { name: 'place', schema } };
    return chat.completions.parse({ ...ask, response_format: format });
  },
  'm-length': async (client, ask) => {
    const chat = client.chat.completions.parse ? client.chat : client.beta.chat;
    return chat.completions.parse({
      ...ask,
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } },
    });
  },
  'm-with-response': async (client, ask) => {
    const promise = client.chat.completions.create(ask);
    const { data, response, request_id } = await promise.withResponse();
    return { data, status: response.status, request_id, kind: promise.constructor.name };
  },
  'm-as-response': async (client, ask) => {
    const response = await client.chat.completions.create(ask).asResponse();
    return { status: response.status, body: await response.json() };
  },
  'm-break': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true, ...WITH_USAGE });
    const seen = [];
    for await (const chunk of stream) {
      seen.push(chunk);
      if (seen.length === 2) break;
    }
    return { seen, aborted: stream.controller.signal.aborted };
  },
  'm-tee': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true, ...WITH_USAGE });
    const [left, right] = stream.tee();
    return { left: await readAll(left), right: await readAll(right) };
  },
  'm-readable': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true, ...WITH_USAGE });
    const lines = [];
    for await (const part of stream.toReadableStream()) lines.push(Buffer.from(part).toString());
    return lines;
  },
  'm-retry': (client, ask) => client.chat.completions.create(ask),
  'm-missing': (client, ask) => client.chat.completions.create(ask),
  'm-responses': async (client, { model }) => {
    const response = await client.responses.create({ model, input: 'Hi' });
    return { response, text: response.output_text };
  },
  'm-responses-stream': async (client, { model }) =>
    readAll(await client.responses.create({ model, input: 'Hi', stream: true })),
  'm-responses-helper': async (client, { model }) => {
    const stream = client.responses.stream({ model, input: 'Hi' });
    const types = [];
    for await (const event of stream) types.push(event.type);
    return { types, final: await stream.finalResponse() };
  },
  'm-embeddings': async (client, { model }) => {
    const { data, usage } = await client.embeddings.create({ model, input: 'Hi' });
    return { vector: Array.from(data[0].embedding), usage };
  },
  'm-abort': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    const seen = [];
    for await (const chunk of stream) {
      seen.push(chunk);
      if (seen.length === 2) stream.controller.abort();
    }
    return seen;
  },
  'm-hang': async (client, ask) => {
    const gone = new AbortController();
    const promise = client.chat.completions.create(ask, { signal: gone.signal });
    const rejected = promise.catch((error) => error.constructor.name);
    await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    return rejected;
  },
  'm-cut': async (client, ask) =>
    readAll(await client.chat.completions.create({ ...ask, stream: true })),
  'm-broken': async (client, ask) =>
    readAll(await client.chat.completions.create({ ...ask, stream: true })),
  'm-twice': async (client, ask) => {
    const promise = client.chat.completions.create(ask);
    const [first, second] = await Promise.all([promise, promise]);
    return { same: first === second, chained: await promise.then(({ id }) => id) };
  },
  // What happens in which turn of the event loop, with an answer that is there at once.
  'm-turns': async (client, ask) => {
    let turn = 0;
    const seen = [];
    const see = (what) => seen.push([what, turn]);
    const answer = { id: 'here', model: ask.model, object: 'chat.completion', choices: [] };
    const fetch = async () => {
      see('asked');
      return Response.json(answer);
    };
    const own = new client.constructor({ apiKey: 'none', baseURL: client.baseURL, fetch });
    const next = () => setImmediate(() => (turn += 1) < 20 && next());
    next();
    const first = own.chat.completions.create(ask);
    see('returned');
    const second = own.chat.completions.create(ask);
    process.nextTick(() => see('next tick'));
    queueMicrotask(() => see('microtask'));
    const done = [first.then(() => see('first')), second.then(() => see('second'))];
    await Promise.all(done);
    return { seen, kind: first.constructor.name, later: done[0].constructor.name };
  },
  'm-tier': (client, ask) => client.chat.completions.create({ ...ask, service_tier: 'flex' }),
  'm-retry-mixed': (client, ask) => client.chat.completions.create(ask),
  'm-retry-slow': (client, ask) => client.chat.completions.create(ask, { timeout: PATIENCE_MS }),
  'm-retry-body': (client, ask) => client.chat.completions.create(ask, { timeout: PATIENCE_MS }),
  'm-refused': (client, ask) => client.chat.completions.create(ask, { maxRetries: 0 }),
  'm-run-tools': async (client, ask) => {
    const runner = runTools(client, ask);
    const results = [];
    runner.on(
      runner.listeners?.functionToolCallResult ? 'functionToolCallResult' : 'message',
      (m) => results.push(m),
    );
    return { final: await runner.finalContent(), results };
  },
  'm-run-tools-stream': async (client, ask) => {
    const runner = runTools(client, { ...ask, stream: true, ...WITH_USAGE });
    const chunks = [];
    for await (const chunk of runner) chunks.push(chunk);
    return { chunks, final: await runner.finalContent() };
  },
  'm-tool-cut': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, tools: TOOLS, stream: true });
    for await (const chunk of stream) return chunk;
  },
  'm-completions': (client, { model }) => client.completions.create({ model, prompt: 'Hi' }),
  'm-completions-stream': async (client, { model }) =>
    readAll(await client.completions.create({ model, prompt: 'Hi', stream: true, ...WITH_USAGE })),
  'm-completions-bare': async (client, { model }) =>
    readAll(await client.completions.create({ model, prompt: 'Hi', stream: true })),
  'm-background': async (client, { model }) => {
    const begun = await client.responses.create({ model, input: 'Hi', background: true });
    const seen = [begun.status];
    for (let asked = 0; asked < 3; asked += 1) {
      const { status, usage } = await client.responses.retrieve(begun.id);
      seen.push({ status, usage });
    }
    return seen;
  },
  'm-failed': (client, { model }) => client.responses.create({ model, input: 'Hi' }),
  'm-compact': (client, { model }) => client.responses.compact({ model, input: 'Hi' }),
  'm-responses-parse': async (client, { model }) => {
    const { id, output_text: text } = await client.responses.parse({ model, input: 'Hi' });
    return { id, text };
  },
  'm-decide': (client, { model }) => client.decisions.create({ model, input: 'Hi' }),
  'm-rerank': (client, { model }) =>
    client.rerank.create({ model, query: 'Hi', documents: ['a', 'b'] }),
  ...mediaScenarios,
  'm-again': async (client, ask) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    await readAll(stream);
    return readAll(stream);
  },
};

/** `names` of the scenarios to run, comma-separated; all of them when left out. */
export async function run(OpenAI, baseURL, names) {
  const client = new OpenAI({ apiKey: 'none', baseURL });
  const chosen = names?.split(',') ?? Object.keys(scenarios);
  for (const model of chosen) {
    const ask = Object.freeze({ model, messages: Object.freeze(MESSAGES) });
    let seen;
    try {
      seen = await scenarios[model](client, ask);
    } catch (error) {
      const { status, code } = error;
      seen = { thrown: error.constructor.name, message: error.message, status, code };
    }
    console.log(JSON.stringify([model, seen]));
  }
}
