// What the ledger makes of layers that stack: a framework over a client over the provider, a framework's
// tool over the client and the server of a protocol. Each billed call is one row, each tool call one.

import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newerNode,
  PROGRAMS,
  runChild,
  sdkFolder,
} from '../packages/instrumentation/test/child.ts';
import {
  startOpenAI,
  type OpenAIStandIn,
} from '../packages/instrumentation/test/openai-stand-in.ts';
import { listen } from '../packages/instrumentation/test/stand-in.ts';
import { ledgerOf } from './replay/ledger.ts';

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

interface Told {
  /** `model agent input/output`, of each counted call. */
  calls: string[];
  /** `name agent`, of each counted tool call. */
  tools: string[];
  /** What went out to the provider. */
  sent: number;
}

async function tellOf(program: string, args: string[], id: string, node?: string): Promise<Told> {
  const bodies: { resourceSpans: unknown[] }[] = [];
  const sink = await listen((request, response, body) => {
    if (request.url === '/v1/traces')
      bodies.push(JSON.parse(body.toString()) as (typeof bodies)[0]);
    response.end('{}');
  });
  const ended = await runChild(
    path.join(PROGRAMS, program),
    [...args, `${provider.url}/${id}/v1`],
    {
      preload: 'register',
      sinkUrl: sink.url,
      environment: { SPANLEDGER_EXIT_LIMIT: '20000' },
      ...(node === undefined ? {} : { node }),
    },
  );
  await sink.stop();
  expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
  const spans = bodies.flatMap(({ resourceSpans }) => resourceSpans);
  const { account } = ledgerOf(JSON.stringify({ resourceSpans: spans }));
  const calls = account.calls.filter(({ counted }) => counted);
  return {
    calls: calls
      .map(({ request_model: model, agent, tokens }) => {
        return `${model} ${agent ?? '-'} ${tokens.input_total ?? '?'}/${tokens.output_total ?? '?'}`;
      })
      .toSorted(),
    tools: account.tools.map(({ name, agent }) => `${name} ${agent ?? '-'}`).toSorted(),
    sent: provider.requests.get(id)?.length ?? 0,
  };
}

/** Its module hooks run in the program's own thread: half the time for so many modules. */
const newer = newerNode(24) ?? undefined;

const sdk = (folder: string): string => path.join(sdkFolder(folder), 'sdk.mjs');

test('LangChain over openai, with a tool of an MCP server', async () => {
  const args = [sdk('langchain-1'), sdk('mcp-1')];
  expect(await tellOf('stacked.mjs', args, 'stacked', newer)).toEqual({
    calls: ['m-agent host 120/30', 'm-agent host 120/30'],
    tools: ['weather host'],
    sent: 2,
  });
});

/** What failed before it had an answer, as `f-broken`, is billed nothing. */
test('LangChain over openai and over a model of nobody we know', async () => {
  const told = await tellOf('langchain.mjs', [sdk('langchain-1')], 'langchain', newer);
  expect(told).toEqual({
    calls: [
      'f-batch - 150/40',
      'f-batch - 150/40',
      'f-cached - 150/40',
      'f-left - ?/?',
      'f-plain - 150/40',
      'f-stream - 150/40',
      ...Array.from({ length: 4 }, () => 'f-tools LangGraph 150/40'),
      'f-within LangGraph 150/40',
      'f-within LangGraph 150/40',
      'f-within host 150/40',
      'm-agent host 120/30',
      'm-agent host 120/30',
      'm-chat - 120/30',
      'm-embeddings - 8/?',
      'm-stream - 120/30',
    ],
    tools: ['failing -', 'weather LangGraph', 'weather LangGraph', 'weather host'],
    sent: 5,
  });
});

test('the OpenAI Agents SDK over openai', async () => {
  // The SDK needs that Node.
  if (newer === undefined) return;
  const args = [sdk('openai-agents-0')];
  expect(await tellOf('openai-agents.mjs', args, 'agents', newer)).toEqual({
    calls: [
      'm-agent host 120/30',
      'm-agent host 120/30',
      'm-broken-tool host 120/30',
      'm-inner inner 120/30',
      'm-left left 120/30',
      'm-outer outer 120/30',
      'm-outer outer 120/30',
      'm-responses reader 120/30',
      'm-responses-stream reader 120/30',
      'm-right right 120/30',
      'm-within host 120/30',
      'own-1 alone 7/3',
    ],
    tools: ['weather host', 'weather host', 'weather outer'],
    sent: 11,
  });
});
