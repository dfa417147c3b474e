// The same conversation told in the words of every emitter, and of two at once, gives the same
// ledger, less what the emitter does not carry, and that with the reason which its table names.

import { describe, expect, it } from 'vitest';
import {
  Block,
  decodeLogs,
  decodeTraces,
  readFacts,
  type Fact,
  type OtlpRequest,
} from '../../src/index.ts';
import { CIRCUMSTANCES } from './circumstances.ts';
import { agentsOf, callsOf, conversationOf, toolsOf } from './conversation.ts';
import { expected } from './expectation.ts';
import { differences, foundIn } from './made-ledger.ts';
import { PAIRS } from './pairs.ts';
import { tell, type Teller } from './teller.ts';
import { TELLERS } from './tellers/index.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const FEW = SEEDS.slice(0, 14);
/** A seed whose conversation has nested agents and refused calls. */
const EXPORTED_TWICE = 2;
const block = new Block();

function factsOf(requests: readonly OtlpRequest[]): readonly Fact[] {
  block.reset();
  for (const { signal, body } of requests) {
    const decode = signal === 'traces' ? decodeTraces : decodeLogs;
    decode(body, block, { org_id: 'default' });
  }
  return readFacts(block);
}

/** What differs at the first seed where anything does. */
function faultsOf(teller: Teller, seeds = SEEDS): readonly string[] {
  for (const seed of seeds) {
    const conversation = conversationOf(seed, teller);
    const facts = factsOf(tell(teller, conversation));
    const found = differences(expected(conversation, teller), foundIn(facts));
    if (found.length > 0) return [`seed ${seed}`, ...found];
  }
  return [];
}

describe('told by one emitter', () => {
  it.each(TELLERS)('$emitter', (teller) => {
    expect(faultsOf(teller).join('\n')).toBe('');
  });
});

describe('told by two', () => {
  it.each(PAIRS)('$emitter', (teller) => {
    expect(faultsOf(teller, FEW).join('\n')).toBe('');
  });
});

describe('told in circumstances', () => {
  it.each(CIRCUMSTANCES)('$emitter', (teller) => {
    expect(faultsOf(teller, FEW).join('\n')).toBe('');
  });
});

/** Two processors of one provider, or two exporters, send equal spans in requests of their own. */
it.each(TELLERS)('told by two exporters: $emitter', (teller) => {
  const conversation = conversationOf(EXPORTED_TWICE, teller);
  const requests = tell(teller, conversation);
  const facts = factsOf([...requests, ...[...requests].reverse()]);
  const found = differences(expected(conversation, teller), foundIn(facts));
  expect(found.join('\n')).toBe('');
});

it('has a name of its own for each', () => {
  const names = [...TELLERS, ...PAIRS, ...CIRCUMSTANCES].map(({ emitter }) => emitter);
  expect(new Set(names).size).toBe(names.length);
});

it('tells of everything that the emitters differ in', () => {
  const providers = ['openai', 'anthropic', 'gemini', 'bedrock'] as const;
  const abilities = { providers, embeddings: true, audio: true, cuts: true };
  const roots = SEEDS.map((seed) => conversationOf(seed, abilities).root);
  const agents = roots.flatMap(agentsOf);
  const calls = agents.flatMap(callsOf);
  const tools = agents.flatMap(toolsOf);
  const missing = Object.entries({
    nested: roots.some((root) => toolsOf(root).some((tool) => tool.agent !== null)),
    parallel: agents.some(({ turns }) => turns.some((turn) => turn.tools.length > 1)),
    providers: providers.every((name) => calls.some((call) => call.provider === name)),
    refused: calls.some((call) => call.failed),
    silent: calls.some((call) => !call.usage_sent),
    cut: calls.some((call) => call.cut),
    embedding: calls.some((call) => call.kind === 'embedding'),
    failing_tool: tools.some((tool) => tool.failed),
    cache_read: calls.some(({ figures }) => figures.read > 0),
    both_lifetimes: calls.some(({ figures }) => figures.write_5m > 0 && figures.write_1h > 0),
    reasoning: calls.some(({ figures }) => (figures.reasoning ?? 0) > 0),
    audio: calls.some(({ figures }) => figures.audio_in > 0 && figures.audio_out > 0),
  }).filter(([, is]) => !is);
  expect(missing).toEqual([]);
});
