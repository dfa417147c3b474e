// Recorded exchanges through the real SDKs: the ledger holds what the answers tell; and the comparison
// itself sees what is wrong.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare, type Comparison } from './replay/comparison.ts';
import { readRecordings, type Exchange } from './replay/exchange.ts';
import { Random } from './fuzz/random.ts';
import { planOf } from './replay/plan.ts';
import { pieces } from './replay/replay-server.ts';
import { replay, type Replayed } from './replay/replay.ts';

const ROOT = path.join(import.meta.dirname, '..');
const FOLDER = path.join(import.meta.dirname, 'replay', 'fixtures');
const { exchanges, unreadable } = readRecordings(FOLDER);

let replayed: Replayed;
beforeAll(async () => {
  replayed = await replay(FOLDER, { root: ROOT, seed: 1 });
}, 240_000);

const found = (file: string): readonly Comparison[] =>
  replayed.comparisons.filter((one) => one.file === file);

test('every fixture is a recording', () => {
  expect(unreadable).toEqual([]);
  expect(exchanges.length).toBeGreaterThan(60);
});

test('every span belongs to an exchange, and every program ends well', () => {
  expect(replayed.problems).toEqual([]);
});

test.each([...new Set(exchanges.map(({ file }) => file))])('%s', (file) => {
  const wrong = found(file).filter(({ result }) => result === 'contradiction');
  expect(wrong).toEqual([]);
});

test('what an answer tells is exact unless a reason stands beside it', () => {
  for (const one of replayed.comparisons) {
    if (one.result === 'exact') expect(one.counted, one.request).toEqual(one.told);
    if (one.result === 'not_carried' || one.result === 'not_made') {
      expect(one.notes, one.request).not.toEqual([]);
    }
  }
});

describe('the comparison sees', () => {
  const exchange = exchanges.find(({ file }) => file.includes('deepseek'))!;
  const changed = (from: RegExp, to: string): Exchange => {
    const body = exchange.body.toString().replace(from, to);
    expect(body).not.toBe(exchange.body.toString());
    return { ...exchange, body: Buffer.from(body) };
  };

  test.each([
    ['another figure', () => changed(/"output_tokens":\s*\d+/, '"output_tokens": 7777'), 'output'],
    ['another class', () => changed(/"cached_tokens":\s*\d+/, '"cached_tokens": 1'), 'cache_read'],
    ['another model', () => changed(/"model":\s*"[^"]+"/, '"model": "gpt-0"'), 'response model'],
    [
      'another end',
      () => changed(/"status":\s*"completed"/g, '"status": "failed"'),
      'finish reasons',
    ],
    ['another tool', () => changed(/"name":\s*"[^"]+"/g, '"name": "other"'), 'tool calls'],
    [
      'another provider',
      () => ({ ...exchange, url: new URL('https://api.x.ai/responses') }),
      'provider',
    ],
    ['a failure', () => ({ ...exchange, status: 500 }), 'HTTP 500'],
  ])('%s', (_, change, says) => {
    const made = replayed.made.get(exchange.number)!;
    const one = compare(change(), planOf(exchange), 'openai', made);
    expect(one.result).toBe('contradiction');
    expect(one.notes.join('\n')).toContain(says);
  });

  test('a call that is not in the ledger', () => {
    const made = { ...replayed.made.get(exchange.number)!, otlp: null };
    const one = compare(exchange, planOf(exchange), 'openai', made);
    expect(one.notes).toEqual(['the call is not in the ledger']);
  });
});

describe('an exchange is made by', () => {
  test.each([
    ['POST https://api.x.ai/v1/chat/completions', 'openai'],
    ['POST https://api.perplexity.ai/chat/completions', 'openai'],
    ['POST https://api.openai.com/v1/images/generations', 'openai'],
    ['POST https://api.openai.com/v1/audio/transcriptions', 'openai'],
    ['POST https://a.openai.azure.com/openai/deployments/d/chat/completions', 'azure'],
    ['POST https://a.openai.azure.com/openai/v1/responses', 'openai'],
    ['POST https://gateway.example/anthropic/v1/messages?beta=true', 'anthropic'],
    [
      'POST https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m:generateContent',
      'google',
    ],
    [
      'POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Abedrock%2Fx/converse-stream',
      'bedrock',
    ],
    [
      'POST https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/c:rawPredict',
      'vertex',
    ],
    ['POST https://api.cohere.com/v2/rerank', 'cohere'],
    ['POST http://192.168.0.2:11434/api/chat', 'ollama'],
    ['GET https://api.openai.com/v1/models', 'openai'],
    ['GET https://example.com/cat.png', null],
    ['GET wss://api.openai.com/v1/realtime', null],
    ['POST https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', 'openai'],
    ['POST https://tgi.example/generate', null],
  ])('%s: %s', (request, caller) => {
    const [method, url] = request.split(' ') as [string, string];
    const plan = planOf({ ...exchanges[0]!, method, url: new URL(url) });
    expect(plan.kind === 'not_made' ? null : plan.caller).toBe(caller);
  });
});

test('a body arrives whole however it is cut, and is cut inside characters and ends of events', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(), (bytes, seed) => {
      const cut = [...pieces(Buffer.from(bytes), new Random(seed, 1))];
      expect(Buffer.concat(cut)).toEqual(Buffer.from(bytes));
      expect(cut.every((piece) => piece.length > 0)).toBe(true);
    }),
  );
  const text = Buffer.from('data: {"said":"größer 🙂"}\n\n'.repeat(20));
  const cut = [...pieces(text, new Random(1, 1))];
  expect(cut.some((piece) => (piece[0]! & 0xc0) === 0x80)).toBe(true);
  expect(cut.some((piece) => piece[0] === 0x0a)).toBe(true);
});

test('the README of the recordings names where they come from', () => {
  const readme = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
  for (const { file } of exchanges) {
    const [project] = path.basename(file).split('--');
    expect(readme).toContain(project);
  }
});
