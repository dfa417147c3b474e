// Copies of the same client in one process, one bare, one under each of the others, one under us, take
// turns in small batches. Prints microseconds of CPU time as JSON.

import type OpenAI from 'openai';
import { AgentInstrumentation, flush } from '@spanledger/instrumentation';
import { clientCopy, instrumentedCopy, PEERS } from './instrumentation-peers.ts';
import { fetchStub } from './instrumentation-stub.ts';
import { median } from './process-cost.ts';

const ROUNDS = 60;
const WARM_UP_ROUNDS = 15;
const CALLS_PER_BATCH = 200;
const STREAMS_PER_BATCH = 6;
const METHOD_CALLS_PER_BATCH = 200_000;
const NS_PER_US = 1000;

interface Candidate {
  readonly name: string;
  readonly client: OpenAI;
  readonly flush: () => Promise<void>;
}

type Batch = (candidate: Candidate) => Promise<number>;

const request = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };

const [, , folder, register] = process.argv;
if (folder === undefined || register === undefined) {
  throw new Error('usage: instrumentation-program FOLDER_OF_THE_COPIES REGISTER');
}
const candidates = await candidatesIn(folder, register);

async function candidatesIn(copies: string, preload: string): Promise<Candidate[]> {
  const options = { apiKey: 'none', baseURL: 'http://127.0.0.1:1/v1', fetch: fetchStub };
  const bare = { name: 'bare', module: clientCopy(copies, 'bare'), flush: () => Promise.resolve() };
  const names = Object.keys(PEERS) as (keyof typeof PEERS)[];
  for (const name of names) clientCopy(copies, name);
  // What was loaded before stays as it is; the rest is as with `--import`.
  await import(preload);
  const ours = { name: 'ours', module: clientCopy(copies, 'ours/node_modules'), flush };
  const peers = names.map((name) => ({ name, ...instrumentedCopy(copies, name) }));
  return [bare, ours, ...peers].map(({ module: { default: Client }, ...rest }) => ({
    ...rest,
    client: new Client(options),
  }));
}

/** CPU time of the whole process, so that others on the machine do not count; garbage collection does. */
async function cpuOf(step: () => Promise<number>): Promise<number> {
  const begun = process.cpuUsage();
  const units = await step();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / units;
}

const callBatch: Batch = ({ client }) =>
  cpuOf(async () => {
    for (let index = 0; index < CALLS_PER_BATCH; index++) {
      await client.chat.completions.create(request);
    }
    return CALLS_PER_BATCH;
  });

/** For one chunk; what the call itself adds is in it. */
const streamBatch: Batch = ({ client }) =>
  cpuOf(async () => {
    let chunks = 0;
    for (let index = 0; index < STREAMS_PER_BATCH; index++) {
      const parts = await client.chat.completions.create({ ...request, stream: true });
      for await (const part of parts) if (part.id !== '') chunks++;
    }
    return chunks;
  });

/** The method alone, whose HTTP client answers at once with nothing, on the clock: it only computes. */
const methodBatch: Batch = ({ client }) => {
  const { chat } = client;
  const Completions = chat.completions.constructor as new (client: object) => {
    create(body: object): unknown;
  };
  const completions = new Completions({ post: () => null });
  const begun = process.hrtime.bigint();
  for (let index = 0; index < METHOD_CALLS_PER_BATCH; index++) completions.create(request);
  const took_ns = Number(process.hrtime.bigint() - begun);
  return Promise.resolve(took_ns / NS_PER_US / METHOD_CALLS_PER_BATCH);
};

/** Over the bare client in the same round; who begins changes from round to round. */
async function added(batch: Batch, among: readonly Candidate[]): Promise<Record<string, number>> {
  const differences = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    const cost = new Map<string, number>();
    for (let turn = 0; turn < among.length; turn++) {
      const candidate = among[(turn + round) % among.length];
      if (candidate === undefined) continue;
      cost.set(candidate.name, await batch(candidate));
      // Between the batches, and not in the figure: the queues must not run full.
      await candidate.flush();
    }
    const bare = cost.get('bare') ?? NaN;
    if (round < WARM_UP_ROUNDS) continue;
    for (const [name, us] of cost) {
      const known = differences.get(name) ?? [];
      known.push(name === 'bare' ? us : us - bare);
      differences.set(name, known);
    }
  }
  return Object.fromEntries([...differences].map(([name, all]) => [name, median(all)]));
}

/** What follows the calls: encoding the spans and sending them. */
async function sendingBatch(): Promise<number> {
  const ours = candidates.find(({ name }) => name === 'ours');
  if (ours === undefined) return NaN;
  await callBatch(ours);
  return cpuOf(async () => {
    await ours.flush();
    return CALLS_PER_BATCH;
  });
}

const call = await added(callBatch, candidates);
const chunk = await added(streamBatch, candidates);
const sent: number[] = [];
for (let round = 0; round < WARM_UP_ROUNDS; round++) sent.push(await sendingBatch());
const pair = candidates.filter(({ name }) => name === 'bare' || name === 'ours');
const instrumentation = new AgentInstrumentation();
instrumentation.disable();
const disabled = await added(methodBatch, pair);
instrumentation.enable();
process.stdout.write(JSON.stringify({ call, chunk, disabled, sending: median(sent) }));
