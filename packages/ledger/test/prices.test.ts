// Prices: found under the names that models go by, dated, tiered, whole numbers; and a cost that is
// null with a reason wherever something is missing.

import { readdirSync, readFileSync } from 'node:fs';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledPriceBook, settle, usd, type Fact, type Price } from '../src/index.ts';
import { costOf } from '../src/cost.ts';
import { canonicalProvider } from '../src/price-model.ts';
import { picodollars, picodollarsOfNumber } from '../src/reading/money.ts';
import { reconcile } from '../src/usage.ts';
import { call, silentCall } from './fact-builder.ts';

const BOOK = bundledPriceBook();
const NOW_NS = 1_790_000_000_000_000_000n;

function find(provider: string, model: string, time_ns = NOW_NS): Price {
  const price = BOOK.find({ org_id: 'default', provider, model, time_ns });
  return typeof price === 'string' ? expect.fail(`${provider} ${model}: ${price}`) : price;
}

describe('the providers that our own instrumentation names', () => {
  const adapters = new URL('../../instrumentation/src/adapters/', import.meta.url);
  const sources = readdirSync(adapters)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, adapters), 'utf8'));
  const named = new Set(
    sources.flatMap((source) => {
      const rows = source.matchAll(/^ {2}\['[\w.-]+\.[a-z]+', '([\w.]+)'\],$/gm);
      const body = /function providerAt[^]*?\n\}/.exec(source)?.[0] ?? '';
      const answers = body.matchAll(/(?:return|\?) '([\w.]+)'/g);
      return [...rows, ...answers].map((found) => found[1] ?? '');
    }),
  );
  it('are found in its source', () => {
    expect([...named]).toEqual(expect.arrayContaining(['anthropic', 'openai', 'together_ai']));
    expect(named.size).toBeGreaterThanOrEqual(14);
  });

  it.each([...named])('%s has a price list', (provider) => {
    expect(findProvider({ providerId: canonicalProvider(provider) })).toBeDefined();
  });
});

describe('a price', () => {
  it('comes from the release that the book names', () => {
    const manifest = new URL('../package.json', import.meta.url);
    const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(BOOK.version).toBe(`genai-prices-${dependencies['@pydantic/genai-prices']}`);
  });

  it('is a whole number of 10⁻¹² dollars per token', () => {
    expect(find('openai', 'gpt-4o').prices).toMatchObject({
      input_uncached: 2_500_000n,
      cache_read: 1_250_000n,
      output: 10_000_000n,
      cache_write_5m: null,
    });
  });

  it('holds from its date on, and the older one before', () => {
    const at = (date: string): bigint | null =>
      find('openai', 'gpt-5.6-luna', BigInt(Date.parse(date)) * 1_000_000n).prices.input_uncached;
    expect(at('2026-07-29')).toBe(1_000_000n);
    expect(at('2026-07-30')).toBe(200_000n);
  });

  it('is another one for calls above a size', () => {
    const price = find('anthropic', 'claude-sonnet-4-5');
    expect(price.tiers.map((tier) => tier.above_input_tokens)).toEqual([200_000]);
    const cost = (input_tokens: number): bigint | null => {
      const fact = call({
        input_tokens,
        cache_read_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        finish_reasons: ['length'],
      });
      return costOf({ ...priced, usage: reconcile(fact) }, BOOK).cost_usd;
    };
    const priced = {
      ...model('anthropic', 'claude-sonnet-4-5'),
      org_id: 'default',
      web_searches: null,
      service_tier: '',
      start_time: NOW_NS,
    };
    expect(cost(200_000)).toBe(200_000n * 3_000_000n);
    expect(cost(200_001)).toBe(200_001n * 6_000_000n);
  });
});

function model(
  provider: string,
  request_model: string,
): Pick<Fact, 'provider' | 'request_model' | 'response_model'> {
  return { provider, request_model, response_model: '' };
}

describe('a cost that is not known says why', () => {
  const cases: readonly [string, Fact][] = [
    ['unknown_model', call({ request_model: 'no-such-model' })],
    ['no_model', call({ request_model: '' })],
    ['no_usage', silentCall()],
    ['partial_usage', call({ output_tokens: null, reasoning_tokens: null })],
    ['missing_cache_price', call({ cache_write_tokens: 10 })],
    ['missing_output_price', call({ image_output_tokens: 5 })],
    [
      'missing_output_price',
      call({ provider: 'perplexity', request_model: 'sonar-deep-research' }),
    ],
    ['missing_request_price', call({ provider: 'perplexity', request_model: 'sonar' })],
    ['missing_request_price', call({ provider: 'openai', request_model: 'whisper-1' })],
    [
      'missing_cache_price',
      call({ provider: 'gcp.gemini', request_model: 'gemini-2.5-flash', audio_input_tokens: 20 }),
    ],
    ['tier_not_priced', call({ service_tier: 'flex' })],
    ['tier_not_priced', call({ service_tier: 'Batch' })],
    ['tier_not_priced', call({ service_tier: 'priority' })],
    ['unknown_model', call({ service_tier: 'flex', request_model: 'no-such-model' })],
    ['unknown_provider', call({ provider: 'a-gateway-of-ours' })],
    ['no_provider', call({ provider: '', request_model: 'llama3.2' })],
    ['local_model', call({ provider: 'ollama', request_model: 'gpt-oss' })],
    [
      'alias_needed',
      call({ provider: 'gcp.vertex_ai', request_model: 'projects/1/locations/x/endpoints/9' }),
    ],
  ];
  it.each(cases)('%s', (reason, fact) => {
    const [row] = settle([fact], BOOK).rows;
    expect(row).toMatchObject({ cost_usd: null, cost_reason: reason, price_book: BOOK.version });
  });
});

describe('a service tier', () => {
  it.each(['', 'default', 'standard', 'auto', 'on_demand'])('%s costs the list price', (tier) => {
    const [row] = settle([call({ service_tier: tier })], BOOK).rows;
    expect(row).toMatchObject({ cost_reason: '', price_id: 'openai/gpt-4o' });
  });

  it('of its own counts, whichever record of the call names it', () => {
    const wrapper = call({ service_tier: 'auto', response_id: 'r' });
    const inner = call({ service_tier: 'flex', response_id: 'r', scope_name: 'scope-b' });
    const rows = settle([wrapper, inner], BOOK).rows.filter((row) => row.counted);
    expect(rows.map((row) => row.cost_reason)).toEqual(['tier_not_priced']);
  });
});

describe('the cost of text', () => {
  const lists = ['anthropic', 'openai', 'google', 'aws', 'azure', 'groq', 'mistral', 'deepseek']
    .concat(['x-ai', 'perplexity', 'together', 'cohere', 'moonshotai'])
    .map((providerId) => findProvider({ providerId }) ?? expect.fail(providerId));
  const usages = [1000, 128_000, 128_001, 200_000, 200_001, 272_001].flatMap((input_tokens) =>
    [0, 100, 900].map((cached) => ({ input_tokens, cached })),
  );
  const dates = ['2026-10-05T12:00:00Z', '2025-02-01T20:00:00Z', '2026-03-03T03:00:00Z'];

  it.each(lists)('is what the package’s own arithmetic gives: $id', (list) => {
    let compared = 0;
    for (const { id } of list.models) {
      for (const date of dates) {
        for (const { input_tokens, cached } of usages) {
          const start_time = BigInt(Date.parse(date)) * 1_000_000n;
          const fact = call({ input_tokens, cache_read_tokens: cached, output_tokens: 100 });
          const usage = reconcile({ ...fact, reasoning_tokens: null });
          const own = costOf(
            {
              ...model(list.id, id),
              org_id: 'default',
              web_searches: null,
              service_tier: '',
              start_time,
              usage,
            },
            BOOK,
          );
          if (own.cost_usd === null) continue;
          compared += 1;
          const theirs = calcPrice(
            { input_tokens, cache_read_tokens: cached, output_tokens: 100 },
            own.price_id.slice(list.id.length + 1).replace(/@.*$/, ''),
            { provider: list, timestamp: new Date(date) },
          )?.total_price;
          const difference = Math.abs(Number(own.cost_usd) / 1e12 - (theirs ?? Number.NaN));
          // A double's own rounding, and half of 10⁻¹² dollars for each token.
          const allowed = (1e-9 * Number(own.cost_usd)) / 1e12 + 0.5e-12 * (input_tokens + 100);
          expect.soft(difference, `${own.price_id} ${date} ${input_tokens}`).toBeLessThan(allowed);
        }
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe('money', () => {
  const texts: readonly [string, bigint | null][] = [
    ['0.000669', 669_000_000n],
    ['6.69e-4', 669_000_000n],
    ['6.69E-04', 669_000_000n],
    ['3', 3_000_000_000_000n],
    ['.5', null],
    ['1e-13', 0n],
    ['5e-13', 1n],
    ['-0.5', -500_000_000_000n],
    ['NaN', null],
    ['Infinity', null],
    ['', null],
    ['1e999', null],
    ['1e7', null],
    ['0x10', null],
  ];
  it.each(texts)('%s', (text, cost) => {
    expect(picodollars(text)).toBe(cost);
  });

  it('of a double is its shortest text, never its binary value', () => {
    expect(picodollarsOfNumber(0.1 + 0.2)).toBe(300_000_000_000n);
    expect(picodollarsOfNumber(Number.NaN)).toBeNull();
  });

  it('is read back from its own text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (cost) => {
        expect(picodollars(usd(cost) ?? '')).toBe(cost);
      }),
    );
  });
});
