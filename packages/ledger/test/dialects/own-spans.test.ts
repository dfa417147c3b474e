// What our own instrumentation says beside the conventions: read where the ledger has a place for
// it, and an estimate never among the figures.

import { expect, it } from 'vitest';
import { account, parseRequests } from '../../src/index.ts';
import { attributesOf, itReads, type Case } from '../dialect-reading.ts';

const scope = '@spanledger/instrumentation';
const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
};
/** A stream that the program left. */
const LEFT = {
  ...CALL,
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.request.stream': true,
  'gen_ai.response.time_to_first_chunk': 0.25,
  'spanledger.stream.aborted': true,
  'spanledger.stream.characters': 40,
  'spanledger.estimate.output_tokens': 10,
};

const CASES: readonly Case[] = [
  {
    says: 'an estimate of a stream without usage is marked as one',
    sent: { scope, attributes: LEFT },
    fact: {
      input_tokens: null,
      output_tokens: 10,
      marks: ['answered', 'estimate'],
      doubts: ['stream_aborted'],
    },
  },
  {
    says: 'beside a figure of the provider an estimate is nothing',
    sent: { scope, attributes: { ...LEFT, 'gen_ai.usage.input_tokens': 120 } },
    fact: { input_tokens: 120, output_tokens: null, marks: ['answered'] },
  },
  {
    says: 'retries, the tier that served, images and sound',
    sent: {
      scope,
      attributes: {
        ...CALL,
        'gen_ai.operation.name': 'generate_content',
        'spanledger.attempts': 3,
        'spanledger.retries.reasons': ['429', 'ECONNRESET'],
        'openai.request.service_tier': 'flex',
        'openai.response.service_tier': 'default',
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.image.input_tokens': 40,
        'gen_ai.usage.audio.input_tokens': 30,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.usage.image.output_tokens': 190,
        'gen_ai.usage.audio.output_tokens': 5,
      },
    },
    fact: {
      kind: 'llm',
      attempts: 3,
      service_tier: 'default',
      image_input_tokens: 40,
      audio_input_tokens: 30,
      image_output_tokens: 190,
      audio_output_tokens: 5,
    },
  },
  {
    says: 'a moderation bills nothing and is no model call',
    sent: { scope, attributes: { ...CALL, 'gen_ai.operation.name': 'moderation' } },
    fact: { kind: 'guardrail', input_tokens: null },
  },
];

itReads('our own instrumentation', CASES);

it('an estimate is shown beside the unknown call, and in no sum', () => {
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'chat gpt-4o-mini',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000001000000000',
    attributes: attributesOf(LEFT),
  };
  const body = { resourceSpans: [{ scopeSpans: [{ scope: { name: scope }, spans: [span] }] }] };
  const found = account(parseRequests(Buffer.from(JSON.stringify(body)), 'x.json'));
  expect(found.calls).toMatchObject([
    {
      counted: true,
      tokens: { input_total: null, output_total: null },
      usage_reason: 'emitter_estimate_only',
      cost_usd: null,
    },
  ]);
  expect(found.totals).toMatchObject({ calls: 1, output_total: null });
});
