// Runs inside a process under instrumentation: the same client twice, once from where the hooks see
// it and once from a copy that they do not, in paired batches. Prints microseconds as JSON.

import { pathToFileURL } from 'node:url';
import OpenAI from 'openai';

const BATCHES = 60;
const WARM_UP_BATCHES = 15;
const CALLS_PER_BATCH = 200;
const STREAMS_PER_BATCH = 12;
const CHUNKS = 100;

const headers = { 'content-type': 'application/json' };
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 30,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 80 },
    completion_tokens_details: { reasoning_tokens: 10 },
  },
});
const chunk = (index: number): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, delta: { content: `word ${index} ` }, finish_reason: null }],
  })}\n\n`;
const stream = `${Array.from({ length: CHUNKS }, (_, index) => chunk(index)).join('')}data: [DONE]\n\n`;

/** The network's place: answers at once, so that only the client's own work is left. */
const fetchStub: typeof fetch = (_url, init) => {
  const wantsStream = typeof init?.body === 'string' && init.body.includes('"stream":true');
  return Promise.resolve(
    wantsStream
      ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
      : new Response(answer, { headers }),
  );
};

const request = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };

async function callBatch(client: OpenAI): Promise<number> {
  const begun = performance.now();
  for (let index = 0; index < CALLS_PER_BATCH; index++) {
    await client.chat.completions.create(request);
  }
  return ((performance.now() - begun) * 1000) / CALLS_PER_BATCH;
}

async function streamBatch(client: OpenAI): Promise<number> {
  const begun = performance.now();
  let chunks = 0;
  for (let index = 0; index < STREAMS_PER_BATCH; index++) {
    const parts = await client.chat.completions.create({ ...request, stream: true });
    for await (const part of parts) if (part.id !== '') chunks++;
  }
  return ((performance.now() - begun) * 1000) / chunks;
}

/** Median of the differences of neighbouring batches, so that drift of the machine cancels out. */
async function added(measure: (client: OpenAI) => Promise<number>): Promise<number> {
  const differences: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const on = batch % 2 === 0 ? await measure(hooked) : 0;
    const off = await measure(bare);
    const difference = (batch % 2 === 0 ? on : await measure(hooked)) - off;
    if (batch >= WARM_UP_BATCHES) differences.push(difference);
  }
  differences.sort((a, b) => a - b);
  return differences[Math.floor(differences.length / 2)] ?? Number.NaN;
}

const copy = process.argv[2];
if (copy === undefined) throw new Error('usage: instrumentation-program FILE_OF_THE_COPY');
const bareModule = (await import(pathToFileURL(copy).href)) as { default: typeof OpenAI };
const options = { apiKey: 'none', baseURL: 'http://127.0.0.1:1/v1', fetch: fetchStub };
const hooked = new OpenAI(options);
const bare = new bareModule.default(options);

const added_us_per_call = await added(callBatch);
const added_us_per_chunk = await added(streamBatch);
process.stdout.write(JSON.stringify({ added_us_per_call, added_us_per_chunk }));
