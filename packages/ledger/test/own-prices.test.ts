// The operator's price file: what it may say, which entry holds for a call, and how it says what is
// wrong. Then the laws of cost, whatever the prices are.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundledPriceBook,
  COST_REASONS,
  readPriceFile,
  settle,
  TOKEN_CLASSES,
  type LedgerRow,
  type PriceBook,
  type PriceQuery,
} from '../src/index.ts';
import { costOf, costParts } from '../src/cost.ts';
import { PRICE_CLASSES } from '../src/price-entries.ts';
import { OTEL_SCOPE, read } from './dialect-reading.ts';
import { call } from './fact-builder.ts';

const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;
const NOW_NS = at('2026-09-21');

async function bookOf(text: string): Promise<PriceBook> {
  return bundledPriceBook({ own: await readPriceFile(text, 'prices.yaml') });
}

/** The row's id and its price of input in 10⁻¹² dollars, or the reason for none. */
function told(book: PriceBook, query: Partial<PriceQuery>): string {
  const price = book.find({
    org_id: 'default',
    provider: 'openai',
    model: 'gpt-4o',
    time_ns: NOW_NS,
    ...query,
  });
  return typeof price === 'string' ? price : `${price.id} ${price.prices.input_uncached}`;
}

const FILE = `
prices:
  - { provider: openai, model: gpt-4o, from: 2026-01-01, input: 2, cache_read: 1, output: 8 }
  - { provider: openai, model: gpt-4o, from: 2026-07-01, until: 2026-10-01, input: 1.5, output: 6 }
  - { org: acme, provider: openai, model: gpt-4o, input: 1, output: 4, source: contract 7 }
  - { provider: openai, model: gpt-4o, tier: flex, input: 0.5, output: 2 }
  - { model: llama3.2, input: 0, output: 0 }
  - { provider: vllm, model: "qwen*", input: 0.2, output: 0.2 }
  - model: sonar
    provider: perplexity
    input: 1
    output: 1
    per_request: 0.005
    above: [{ input_tokens: 1000, input: 2 }]
tiers:
  - { provider: openai, tier: batch, percent: 50 }
  - { provider: openai, tier: priority, percent: 170, model: "gpt-5*" }
  - { provider: anthropic, tier: batch, percent: 50, from: 2026-10-01 }
discounts:
  - { provider: anthropic, percent: 12.5, until: 2027-01-01 }
  - { org: acme, provider: anthropic, percent: 20 }
aliases:
  - { provider: azure, model: team-a-chat-prod, is: { model: gpt-4o-mini } }
  - model: arn:aws:bedrock:eu-west-1:1:application-inference-profile/a1
    is: { provider: aws.bedrock, model: "anthropic.claude-3-haiku-20240307-v1:0" }
  - { model: prod-chat, is: { provider: openai, model: gpt-5-mini } }
  - { org: acme, model: prod-chat, is: { provider: openai, model: gpt-5-nano } }
providers:
  - { name: our-gateway, is: openai }
currencies:
  - { code: EUR, per_usd: 0.92, date: 2026-11-01 }
`;

describe('the entry that holds', () => {
  const cases: readonly [what: string, query: Partial<PriceQuery>, found: string][] = [
    ['before the first row: the list', { time_ns: at('2025-12-31') }, 'openai/gpt-4o 2500000'],
    [
      'from its first moment on',
      { time_ns: at('2026-01-01') },
      'own/openai/gpt-4o@2026-01-01 2000000',
    ],
    [
      'the moment before the later row',
      { time_ns: at('2026-07-01') - 1n },
      'own/openai/gpt-4o@2026-01-01 2000000',
    ],
    ['the later row', { time_ns: at('2026-07-01') }, 'own/openai/gpt-4o@2026-07-01 1500000'],
    [
      'its end, which is not in it',
      { time_ns: at('2026-10-01') },
      'own/openai/gpt-4o@2026-01-01 2000000',
    ],
    ['an organisation’s own', { org_id: 'acme' }, 'own/acme/openai/gpt-4o 1000000'],
    ['nobody else’s', { org_id: 'other' }, 'own/openai/gpt-4o@2026-07-01 1500000'],
    [
      'a dated name of the same model',
      { model: 'gpt-4o-2024-08-06' },
      'own/openai/gpt-4o@2026-07-01 1500000',
    ],
    ['not another model', { model: 'gpt-4o-2024-05-13' }, 'openai/gpt-4o-2024-05-13 5000000'],
    ['a row of a tier', { service_tier: 'flex' }, 'own/openai/gpt-4o flex 500000'],
    [
      'a share of the ordinary row',
      { service_tier: 'Batch' },
      'own/openai/gpt-4o@2026-07-01 (batch 50%) 750000',
    ],
    [
      'a share above the whole',
      { service_tier: 'priority', model: 'gpt-5-mini' },
      'openai/gpt-5-mini (priority 170%) 425000',
    ],
    ['a tier that nobody priced', { service_tier: 'priority' }, 'tier_not_priced'],
    [
      'a share that begins later',
      { provider: 'anthropic', model: 'claude-haiku-4-5', service_tier: 'batch' },
      'tier_not_priced',
    ],
    [
      'share and discount, both of the list price',
      {
        provider: 'anthropic',
        model: 'claude-haiku-4-5',
        service_tier: 'batch',
        time_ns: at('2026-10-01'),
      },
      'anthropic/claude-haiku-4-5 (batch 50%, discount 12.5%) 437500',
    ],
    [
      'the narrower discount',
      { provider: 'anthropic', model: 'claude-haiku-4-5', org_id: 'acme' },
      'anthropic/claude-haiku-4-5 (discount 20%) 800000',
    ],
    [
      'no discount after its end',
      { provider: 'anthropic', model: 'claude-haiku-4-5', time_ns: at('2027-01-01') },
      'anthropic/claude-haiku-4-5 1000000',
    ],
    ['a model of one’s own', { provider: 'ollama', model: 'llama3.2' }, 'own/llama3.2 0'],
    ['a begin of a name', { provider: 'vllm', model: 'Qwen3-8B' }, 'own/vllm/qwen* 200000'],
    ['not of another provider', { provider: 'ollama', model: 'qwen3:8b' }, 'local_model'],
    [
      'a deployment',
      { provider: 'azure.ai.openai', model: 'team-a-chat-prod' },
      'openai/gpt-4o-mini 150000',
    ],
    [
      'an inference profile',
      {
        provider: 'aws.bedrock',
        model: 'arn:aws:bedrock:eu-west-1:1:application-inference-profile/a1',
      },
      'aws/regional.anthropic.claude-3-haiku-20240307-v1:0 250000',
    ],
    ['an alias', { provider: 'our-proxy', model: 'prod-chat' }, 'openai/gpt-5-mini 250000'],
    [
      'an organisation’s alias',
      { provider: '', model: 'prod-chat', org_id: 'acme' },
      'openai/gpt-5-nano 50000',
    ],
    [
      'another name of a provider',
      { provider: 'our-gateway', model: 'gpt-5-mini' },
      'openai/gpt-5-mini 250000',
    ],
  ];
  it.each(cases)('%s', async (_, query, found) => {
    expect(told(await bookOf(FILE), query)).toBe(found);
  });

  it('does not depend on the order of the entries', async () => {
    const own = await readPriceFile(FILE, 'prices.yaml');
    const turned = Object.fromEntries(
      Object.entries(own).map(([name, list]) => [
        name,
        Array.isArray(list) ? list.toReversed() : list,
      ]),
    ) as unknown as typeof own;
    const book = bundledPriceBook({ own: turned });
    for (const [what, query, found] of cases) expect(told(book, query), what).toBe(found);
  });

  it('ends where no row holds', async () => {
    const book = await bookOf('prices: [{ model: m-1, from: 2026-10-01, input: 1, output: 1 }]');
    expect(told(book, { model: 'm-1' })).toBe('no_price_then');
    expect(told(book, { model: 'm-2' })).toBe('unknown_model');
  });

  it('says so where the provider was told by the name alone', async () => {
    const price = (await bookOf(FILE)).find({
      org_id: 'acme',
      provider: '',
      model: 'gpt-4o',
      time_ns: NOW_NS,
    });
    expect(price).toMatchObject({
      id: 'own/acme/openai/gpt-4o',
      doubts: ['price_by_model_name'],
    });
  });

  it('is named on the ledger row with its book; each call costs what it costs beside its tokens', async () => {
    const book = await bookOf(FILE);
    const fact = call({ provider: 'perplexity', request_model: 'sonar', cache_read_tokens: null });
    const [row] = settle([fact], book).rows;
    expect(row).toMatchObject({
      price_id: 'own/perplexity/sonar',
      price_book: book.version,
      cost_usd: 120n * 1_000_000n + 30n * 1_000_000n + 5_000_000_000n,
    });
    const [large] = settle([{ ...fact, input_tokens: 1_001 }], book).rows;
    expect(large?.cost_usd).toBe(1_001n * 2_000_000n + 30n * 1_000_000n + 5_000_000_000n);
  });
});

describe('searches within a call', () => {
  const searching = (provider: string, model: string) =>
    call({
      provider,
      request_model: model,
      web_searches: 3,
      cache_read_tokens: 0,
      reasoning_tokens: 0,
    });

  it('cost what the list says, each, and are named on the row', () => {
    const [row] = settle([searching('anthropic', 'claude-sonnet-4-5')], bundledPriceBook()).rows;
    expect(row).toMatchObject({
      web_searches: 3,
      cost_usd: 120n * 3_000_000n + 30n * 15_000_000n + 3n * 10_000_000_000n,
    });
  });

  it('are read where the usage counts them', () => {
    const said = { scope: OTEL_SCOPE, name: 'chat m' };
    const base = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' };
    const key = 'gen_ai.usage.details.web_search_requests';
    expect(read({ ...said, attributes: { ...base, [key]: 2 } })?.web_searches).toBe(2);
    const usage = {
      input_tokens: 9,
      output_tokens: 1,
      server_tool_use: { web_search_requests: 4 },
    };
    const raw = { ...base, 'gen_ai.usage.raw': JSON.stringify(usage) };
    expect(read({ ...said, attributes: raw })?.web_searches).toBe(4);
    expect(read({ ...said, attributes: base })?.web_searches).toBeNull();
  });

  it('make the cost unknown where nobody says what they cost, or cost what the file says', async () => {
    const fact = searching('groq', 'llama-3.3-70b-versatile');
    const [unknown] = settle([fact], bundledPriceBook()).rows;
    expect(unknown).toMatchObject({ cost_usd: null, cost_reason: 'missing_request_price' });
    const row =
      '{ model: llama-3.3-70b-versatile, input: 1, cache_read: 1, output: 1, per_search: 0.002 }';
    const [known] = settle([fact], await bookOf(`prices: [${row}]`)).rows;
    expect(known?.cost_usd).toBe(150n * 1_000_000n + 3n * 2_000_000_000n);
  });
});

it('what an emitter reports is held against the list, not against one’s own price', async () => {
  const reported_cost_usd = 500_000_000n;
  const own = await bookOf('discounts: [{ percent: 20 }]');
  const [row] = settle([call({ reported_cost_usd })], own).rows;
  expect(row).toMatchObject({ cost_usd: 400_000_000n, doubts: [] });
});

describe('the history of a model', () => {
  it('holds every row with its dates and source, of tiers too', async () => {
    const rows = (await bookOf(FILE)).history({
      org_id: 'acme',
      provider: 'openai',
      model: 'gpt-4o',
      time_ns: NOW_NS,
    });
    expect(rows.map(({ price, service_tier, until_ns }) => [price.id, service_tier, until_ns]))
      .toMatchInlineSnapshot(`
        [
          [
            "own/acme/openai/gpt-4o",
            "",
            null,
          ],
          [
            "own/openai/gpt-4o@2026-07-01",
            "",
            1790812800000000000n,
          ],
          [
            "own/openai/gpt-4o@2026-01-01",
            "",
            null,
          ],
          [
            "own/openai/gpt-4o flex",
            "flex",
            null,
          ],
          [
            "openai/gpt-4o",
            "",
            null,
          ],
        ]
      `);
    expect(rows.map(({ price }) => price.source)).toEqual([
      'prices.yaml prices[2]: contract 7',
      'prices.yaml prices[1]',
      'prices.yaml prices[0]',
      'prices.yaml prices[3]',
      'genai-prices-0.1.8',
    ]);
  });

  it('ends a row of the list where the next begins', () => {
    const rows = bundledPriceBook().history({
      org_id: '',
      provider: 'openai',
      model: 'o3',
      time_ns: 0n,
    });
    expect(rows.map(({ price, from_ns, until_ns }) => [price.id, from_ns, until_ns])).toEqual([
      ['openai/o3@2025-06-10', at('2025-06-10'), null],
      ['openai/o3', 0n, at('2025-06-10')],
    ]);
  });
});

describe('the name of a book', () => {
  it('follows what prices calls, not its layout, and not the display currency', async () => {
    const { version } = await bookOf(FILE);
    const json = JSON.stringify({
      prices: [{ model: 'm', input: 1, output: 2 }],
      currencies: [{ code: 'EUR', per_usd: 0.9, date: '2026-01-01' }],
    });
    const yaml = 'prices:\n  - output: 2.0\n    input: "1"\n    model: m\n';
    expect((await bookOf(json)).version).toBe((await bookOf(yaml)).version);
    expect((await bookOf(yaml.replace('2.0', '2.1'))).version).not.toBe(
      (await bookOf(yaml)).version,
    );
    expect(version).toMatch(/^genai-prices-[\d.]+\+own-[0-9a-f]{12}$/);
    expect((await bookOf('# nothing\n')).version).toBe(bundledPriceBook().version);
  });
});

describe('what is wrong is told with file, line and place', () => {
  const cases: readonly [text: string, said: string][] = [
    ['prices:\n  - model: m\n    inptu: 3\n    input: 1', 'line 3: prices[0].inptu: no such field'],
    ['prices:\n  - model: m\n    input: FILL_IN', 'line 3: prices[0].input: write dollars per'],
    ['prices:\n  - model: m\n    input: -1', 'line 3: prices[0].input: write dollars per'],
    ['prices:\n  - model: m\n    input: 0.0000001', 'at most 6 decimals'],
    ['prices:\n  - model: m', 'line 2: prices[0]: name at least "input" or "per_request"'],
    ['prices:\n  - input: 1', 'line 2: prices[0].model: write a text'],
    [
      'prices:\n  - model: m\n    input: 1\n    from: 2026-02-30',
      'line 4: prices[0].from: write a day',
    ],
    [
      'prices:\n  - { model: m, input: 1, from: 2026-02-01, until: 2026-01-01 }',
      'line 2: prices[0].until: from must be before until',
    ],
    [
      'prices:\n  - { model: m, input: 1 }\n  - { model: M, input: 2 }',
      'line 3: prices[1] is for the same calls from the same day as prices[0]',
    ],
    ['discounts:\n  - percent: 101', 'line 2: discounts[0].percent: a discount is at most 100'],
    ['tiers:\n  - { percent: 50 }', 'line 2: tiers[0].tier: write a text'],
    ['currencies:\n  - { code: eur, per_usd: 1, date: 2026-01-01 }', 'line 2: currencies[0].code'],
    [
      'currencies:\n  - { code: EUR, per_usd: 0, date: 2026-01-01 }',
      'currencies[0].per_usd: above 0',
    ],
    ['price: []', 'line 1: price: no such field'],
    ['prices: 7', 'line 1: prices: write a list'],
    ['- 1', 'write sections such as prices:'],
    ['prices:\n  - [', 'line 2: '],
    ['a: &a [x]\nb: *a', 'line 1: a: no such field'],
    ['prices: *missing', 'missing'],
    ['x'.repeat(1_048_577), 'larger than 1048576 bytes'],
  ];
  it.each(cases)('%j', async (text, said) => {
    await expect(readPriceFile(text, 'prices.yaml')).rejects.toMatchObject({
      code: 'invalid_price_file',
      detail: expect.stringContaining(said) as unknown,
    });
    await expect(readPriceFile(text, 'prices.yaml')).rejects.toThrow('prices.yaml: ');
  });

  it('is one message for several, and not without end', async () => {
    const text = `prices: [${'{ input: 1 },'.repeat(20)}]`;
    await expect(readPriceFile(text, 'p')).rejects.toThrow(/prices\[4\].*and 15 more/);
  });
});

describe('the page about prices', () => {
  const page = readFileSync(new URL('../../../docs/prices.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((found) => found[1] ?? '');

  it.each(examples)('shows what the file really takes: example %#', async (example) => {
    const { version, currencies } = await readPriceFile(example, 'docs/prices.md');
    expect(version !== '' || currencies.length > 0).toBe(true);
  });

  it('has examples, every field and every reason', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const [field] of PRICE_CLASSES) expect(page).toContain(`\`${field}\``);
    const rest = /^missing_(input|output)_price$/;
    const reasons = Object.keys(COST_REASONS).filter((reason) => !rest.test(reason));
    for (const reason of reasons) expect(page).toContain(`\`${reason}\``);
  });
});

describe('the laws of cost', () => {
  const price = fc.integer({ min: 0, max: 200_000_000 }).map((micro) => `${micro / 1_000_000}`);
  const tokens = fc.record(
    Object.fromEntries(TOKEN_CLASSES.map((name) => [name, fc.nat({ max: 2_000_000 })])) as Record<
      (typeof TOKEN_CLASSES)[number],
      fc.Arbitrary<number>
    >,
  );
  const fields = ['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output', 'reasoning'];
  const parts = [...fields, 'audio_in', 'audio_out', 'image_in', 'image_out'];
  const entry = fc
    .tuple(fc.array(price, { minLength: 10, maxLength: 10 }), price, fc.nat({ max: 4_000_000 }))
    .map(([list, above, size]) => ({
      model: 'm',
      ...Object.fromEntries(parts.map((name, at) => [name, list[at]])),
      per_request: '0.001',
      per_search: '0.0123',
      above: [{ input_tokens: size + 1, input: above }],
    }));
  const query = { org_id: 'default', provider: 'p', model: 'm', time_ns: NOW_NS };

  it('its parts are the cost, each its tokens times a whole number, never a float', async () => {
    await fc.assert(
      fc.asyncProperty(entry, tokens, fc.nat({ max: 9 }), async (row, counts, searches) => {
        const book = await bookOf(JSON.stringify({ prices: [row] }));
        const found = book.find(query);
        if (typeof found === 'string') throw new Error(found);
        const input = TOKEN_CLASSES.slice(0, 6).reduce((sum, name) => sum + counts[name], 0);
        const split = costParts(found, { ...counts, web_searches: searches }, input);
        if (typeof split === 'string') throw new Error(split);
        const usage = { tokens: counts, input_total: input, output_total: 1, reason: '' } as const;
        const { cost_usd } = costOf(
          {
            org_id: 'default',
            provider: 'p',
            request_model: 'm',
            response_model: '',
            service_tier: '',
            web_searches: searches,
            start_time: NOW_NS,
            usage: { ...usage, doubts: [], arithmetic: '' },
          },
          book,
        );
        expect(typeof cost_usd).toBe('bigint');
        expect(split.reduce((sum, part) => sum + part.cost_usd, 0n)).toBe(cost_usd);
        for (const part of split) {
          expect(part.cost_usd).toBe(BigInt(part.tokens) * part.usd_per_token);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same in any order and split of the calls', () => {
    const facts = fc.array(
      fc.record({ input_tokens: fc.nat({ max: 300_000 }), output_tokens: fc.nat({ max: 9_000 }) }),
      { minLength: 1, maxLength: 12 },
    );
    const book = bundledPriceBook();
    const sum = (rows: readonly LedgerRow[]): bigint =>
      rows.reduce((total, row) => total + (row.cost_usd ?? 0n), 0n);
    fc.assert(
      fc.property(facts, fc.nat(), (said, cut) => {
        const all = said.map((one, at) =>
          call({ ...one, cache_read_tokens: 0, reasoning_tokens: 0, at: at * 1_000 }),
        );
        const whole = sum(settle(all, book).rows);
        expect(sum(settle(all.toReversed(), book).rows)).toBe(whole);
        const at = cut % all.length;
        const halves = [all.slice(0, at), all.slice(at)].map((half) =>
          sum(settle(half, book).rows),
        );
        expect(halves.reduce((total, half) => total + half, 0n)).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });
});
