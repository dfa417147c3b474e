// Captures of real emitters against what the provider served: every call counted exactly once, with
// the right tokens in every class that the capture carries, and a reason for whatever it lacks.
// `UPDATE=1` writes the golden accounts anew.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { account, parseRequests, type Account } from '../src/index.ts';

const CAPTURES = new URL('./fixtures/otlp/', import.meta.url);
const GOLDEN = new URL('./fixtures/account/', import.meta.url);

interface Truth {
  readonly provider_calls: readonly {
    readonly status: number;
    readonly usage_sent: boolean;
    readonly input: number;
    readonly cached: number;
    readonly cache_write: number;
    readonly output: number;
    readonly reasoning: number;
  }[];
}

const names = readdirSync(CAPTURES)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.truth.json'))
  .map((name) => name.slice(0, -'.json'.length));

function accountOf(name: string): Account {
  return account(parseRequests(readFileSync(new URL(`${name}.json`, CAPTURES)), `${name}.json`));
}

function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(new URL(`${name}.truth.json`, CAPTURES), 'utf8')) as Truth;
}

/** Classes that a capture does not carry, although the provider served them. */
const NOT_CARRIED: Record<string, readonly string[]> = {
  'otel-openai-chat-tool': ['input_uncached', 'cache_read', 'reasoning'],
};

describe('account of captures', () => {
  it('there are captures', () => {
    expect(names).toHaveLength(16);
  });

  it.each(names)('%s equals its golden account', (name) => {
    const file = new URL(`${name}.json`, GOLDEN);
    const text = `${JSON.stringify(accountOf(name), null, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(file, text);
    expect(existsSync(file)).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it.each(names)('%s counts what the provider served', (name) => {
    const served = truthOf(name).provider_calls.filter((call) => call.status === 200);
    const counted = accountOf(name).calls.filter((call) => call.counted);
    const shown = counted.map((call) => call.tokens);
    const missing = NOT_CARRIED[name] ?? [];
    const expected = served.map((call) => {
      const tokens: Record<string, number | null> = {
        input_total: call.input,
        input_uncached: call.input - call.cached - call.cache_write,
        cache_read: call.cached,
        // A provider without paid cache writes says nothing of them.
        cache_write: call.cache_write === 0 ? null : call.cache_write,
        output_total: call.output,
        reasoning: call.reasoning === 0 ? null : call.reasoning,
      };
      for (const key of Object.keys(tokens)) {
        if (!call.usage_sent || missing.includes(key)) tokens[key] = null;
      }
      return tokens;
    });
    expect(shown).toEqual(expected);
  });

  it.each(names)('%s gives a reason for every call without usage', (name) => {
    const counted = accountOf(name).calls.filter((call) => call.counted);
    for (const call of counted) {
      const known = call.tokens.input_total !== null && call.tokens.output_total !== null;
      expect(call.usage_reason === null).toBe(known);
      expect(call.cost_usd === null).toBe(call.cost_reason !== null);
    }
  });
});

describe('what is no call', () => {
  const cases: readonly [string, string, string[]][] = [
    ['an answer of 404 is an attempt', 'otel-openai-error', ['attempt']],
    ['a refused connection is an attempt', 'conn-err', ['attempt']],
    ['counting tokens is nothing', 'err-', []],
  ];
  it.each(cases)('%s', (_, name, roles) => {
    const { calls, totals } = accountOf(name);
    expect(calls.map((call) => call.role)).toEqual(roles);
    expect(totals.calls).toBe(0);
    expect(totals.cost_usd).toBe('0');
  });
});

describe('a stream without usage', () => {
  it.each(['oi-openai-chat-stream-no-usage', 'otel-openai-chat-stream-no-usage'])('%s', (name) => {
    const { calls, coverage } = accountOf(name);
    expect(calls).toMatchObject([
      { role: 'unknown', counted: true, usage_reason: 'stream_without_usage', cost_usd: null },
    ]);
    expect(coverage).toEqual({
      calls: 1,
      with_usage: 0,
      priced: 0,
      reasons: { stream_without_usage: 1 },
    });
  });
});

describe('coverage says', () => {
  const cases: readonly [string, string, Account['coverage']['reasons']][] = [
    [
      'that agents ran and no call was told',
      'python/genai-openai-agents',
      { no_call_telemetry: 1 },
    ],
    [
      'that one record may hold several bills',
      'python/google-genai-auto-function-calling',
      { may_hold_several_bills: 1 },
    ],
    ['that a sum is not its calls’', 'ai5-generateText-anthropic-tools', { parent_sum_differs: 1 }],
  ];
  it.each(cases)('%s', (_, name, reasons) => {
    expect(accountOf(name).coverage.reasons).toMatchObject(reasons);
  });
});
