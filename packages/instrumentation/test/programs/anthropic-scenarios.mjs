// The program under test: every way an agent may use the Anthropic client, one after the other.
// It prints what it sees, and must print the same whether it is watched or not.

/** How long the program waits for an answer that never comes; more where much runs at once. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 500);
const TOOLS = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];

/** A tool that the client runs by itself, between two calls. */
const RUNNABLE = {
  name: 'weather',
  input_schema: { type: 'object', properties: {} },
  parse: (input) => input,
  run: ({ city }) => `sunny in ${city}`,
};

/** Reads `count` events and goes. */
async function readSome(stream, count) {
  const seen = [];
  for await (const event of stream) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

async function readAll(stream) {
  const seen = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

const scenarios = {
  'm-create': (client, ask) =>
    client.messages.create({ ...ask, temperature: 0.5, stop_sequences: ['END'] }),
  'm-stream': async (client, ask) =>
    readAll(await client.messages.create({ ...ask, stream: true })),
  'm-helper': async (client, ask) => {
    const stream = client.messages.stream(ask);
    const texts = [];
    stream.on('text', (text) => texts.push(text));
    return { texts, final: await stream.finalMessage() };
  },
  'm-tool': (client, ask) => client.messages.create({ ...ask, tools: TOOLS }),
  'm-tool-stream': async (client, ask) =>
    readAll(await client.messages.create({ ...ask, tools: TOOLS, stream: true })),
  'm-with-response': async (client, ask) => {
    const { data, response, request_id } = await client.messages.create(ask).withResponse();
    return { data, status: response.status, request_id };
  },
  'm-as-response': async (client, ask) => {
    const response = await client.messages.create(ask).asResponse();
    return { status: response.status, body: await response.json() };
  },
  'm-break': async (client, ask) => {
    const stream = await client.messages.create({ ...ask, stream: true });
    const seen = [];
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 2) break;
    }
    return { seen, aborted: stream.controller.signal.aborted };
  },
  'm-tee': async (client, ask) => {
    const [left, right] = (await client.messages.create({ ...ask, stream: true })).tee();
    return { left: await readAll(left), right: await readAll(right) };
  },
  'm-abort': async (client, ask) => {
    const stream = await client.messages.create({ ...ask, stream: true });
    const seen = [];
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 2) stream.controller.abort();
    }
    return seen;
  },
  'm-broken': async (client, ask) =>
    readAll(await client.messages.create({ ...ask, stream: true })),
  'm-retry': (client, ask) => client.messages.create(ask),
  'm-missing': (client, ask) => client.messages.create(ask),
  'm-retry-mixed': (client, ask) => client.messages.create(ask),
  'm-retry-slow': (client, ask) => client.messages.create(ask, { timeout: PATIENCE_MS }),
  'm-refused': (client, ask) => client.messages.create(ask, { maxRetries: 0 }),
  'm-tier': (client, ask) => client.messages.create({ ...ask, service_tier: 'auto' }),
  'm-cut': async (client, ask) => readAll(await client.messages.create({ ...ask, stream: true })),
  'm-late-break': async (client, ask) =>
    readSome(await client.messages.create({ ...ask, stream: true }), 5),
  'm-tool-break': async (client, ask) =>
    readSome(await client.messages.create({ ...ask, tools: TOOLS, stream: true }), 3),
  'm-text-break': async (client, ask) =>
    readSome(await client.messages.create({ ...ask, stream: true }), 3),
  'm-readable': async (client, ask) => {
    const stream = await client.messages.create({ ...ask, stream: true });
    const lines = [];
    for await (const part of stream.toReadableStream()) lines.push(Buffer.from(part).toString());
    return lines;
  },
  'm-twice': async (client, ask) => {
    const promise = client.messages.create(ask);
    const [first, second] = await Promise.all([promise, promise]);
    return { same: first === second, kind: promise.constructor.name };
  },
  'm-tool-runner': async (client, ask) => {
    const runner = client.beta.messages.toolRunner({ ...ask, tools: [RUNNABLE] });
    const seen = [];
    for await (const message of runner) seen.push(message);
    return seen;
  },
  'm-tool-runner-stream': async (client, ask) => {
    const runner = client.beta.messages.toolRunner({ ...ask, tools: [RUNNABLE], stream: true });
    const seen = [];
    for await (const stream of runner) seen.push(await stream.finalMessage());
    return seen;
  },
  'm-beta-stream': async (client, ask) =>
    readAll(await client.beta.messages.create({ ...ask, stream: true })),
  'm-beta-helper': async (client, ask) => client.beta.messages.stream(ask).finalMessage(),
  'm-beta': (client, ask) => client.beta.messages.create(ask),
};

export async function run(Anthropic, baseURL) {
  const client = new Anthropic({ apiKey: 'none', baseURL });
  for (const [model, scenario] of Object.entries(scenarios)) {
    const messages = Object.freeze([{ role: 'user', content: 'Hi' }]);
    const ask = Object.freeze({ model, max_tokens: 100, messages });
    let seen;
    try {
      seen = await scenario(client, ask);
    } catch (error) {
      const { status } = error;
      seen = { thrown: error.constructor.name, message: error.message, status };
    }
    console.log(JSON.stringify([model, seen]));
  }
}
