// `spanledger prices`: what a model costs, where that stands, and what it cost before; and which of
// the models seen have no price.

import { describePrice, type PriceDescription } from '@spanledger/ledger';
import type { UsageAnswer } from '../answers.ts';
import { type Command, type Context, type Options, always } from '../command.ts';
import { nothing } from '../empty-answer.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { ownPriceBook, priceFileOf, PRICES_OPTION } from '../own-price-book.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { snippetOf, type Unpriced } from '../price-snippet.ts';
import { renderPrice } from '../price-view.ts';
import { Service } from '../service.ts';
import { renderUnpriced } from '../unpriced-view.ts';
import { renderUsedPrices } from '../used-prices-view.ts';

const CHECK = 'check';
/** Models of the list without a name: as many as a person reads. */
const USED_MODELS_MAX = 50;

export const pricesCommand: Command = {
  name: 'prices',
  summary: 'What a model costs and why; "prices check" lists models seen without a price',
  arguments: [
    {
      name: 'model',
      meaning: 'a model as telemetry names it; or "check"; left out: the models in use',
      optional: true,
    },
  ],
  options: [
    { flags: '--provider <provider>', meaning: 'who bills: openai, aws.bedrock, …' },
    { flags: '--at <time>', meaning: 'the time of the call (default now)', parse: parseTime },
    { flags: '--tier <tier>', meaning: 'batch, flex, priority, …' },
    {
      flags: '--last <period>',
      meaning: 'for "check" and the models in use: how far to look back',
      fallback: '30d',
      parse: parsePeriod,
    },
    PRICES_OPTION,
  ],
  example:
    'spanledger prices gpt-4o --provider openai --at 2025-06-01\nspanledger prices check --last 30d',
  reads: always,
  run: async (context, [model], options) => {
    if (model === CHECK) return check(context, options);
    if (model === undefined) return used(context, options);
    const found = await describe(context, model, options);
    const { terminal, settings } = context;
    terminal.print(settings.json ? JSON.stringify(found, null, 2) : renderPrice(terminal, found));
    return found.price === null ? 'difference' : 'ok';
  },
};

/** By the service, which has the operator's file; by the book of this machine where it is not there. */
async function describe(
  { terminal, settings, env }: Context,
  model: string,
  options: Options,
): Promise<PriceDescription> {
  const text = (name: string): string | undefined =>
    options[name] === undefined ? undefined : String(options[name]);
  const [provider, tier, org, at] = [text('provider'), text('tier'), text('org'), text('at')];
  if (options['file'] === undefined) {
    const asked = { model, provider, tier, org, at };
    try {
      return await new Service(settings).get<PriceDescription>('api/v1/prices', asked);
    } catch (error) {
      if (!(error instanceof Failure) || error.exit !== 'unreachable') throw error;
      terminal.note(terminal.paint('quiet', `${error.message}; this is the book of this machine`));
    }
  }
  const book = await ownPriceBook(priceFileOf(env, options));
  const time_ns = BigInt(at === undefined ? Date.now() : Date.parse(at)) * 1_000_000n;
  const query = { org_id: org ?? 'default', provider: provider ?? '', model, time_ns };
  return describePrice(book, { ...query, service_tier: tier ?? '' });
}

async function check({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const last = String(options['last']);
  const path = 'api/v1/unpriced';
  const answer = await new Service(settings).get<{ price_book: string; rows: Unpriced[] }>(path, {
    last,
  });
  const { rows } = answer;
  if (settings.json) {
    terminal.print(JSON.stringify({ ...answer, snippet: snippetOf(rows) }, null, 2));
  } else if (rows.length === 0) {
    const good = terminal.paint('good', 'Every call with tokens has a price');
    terminal.print(`${good} in the last ${last}.`);
  } else terminal.print(renderUnpriced(terminal, rows, last));
  return rows.length === 0 ? 'ok' : 'difference';
}

/** What the models that were called cost now. */
async function used({ terminal, settings }: Context, options: Options): Promise<Exit> {
  const service = new Service(settings);
  const last = String(options['last']);
  const by = 'provider,model';
  const { rows } = await service.get<{ rows: UsageAnswer[] }>('api/v1/usage', { by, last });
  const called = rows.filter((row) => Number(row.calls) > 0 && row['model'] !== '');
  const shown = called.slice(0, USED_MODELS_MAX);
  const prices = await Promise.all(
    shown.map(async ({ provider, model, calls }) => ({
      calls: Number(calls),
      ...(await service.get<PriceDescription>('api/v1/prices', {
        model: String(model),
        provider: String(provider) || undefined,
      })),
    })),
  );
  if (settings.json) {
    const more = called.length - shown.length;
    terminal.print(JSON.stringify({ last, models: prices, models_not_shown: more }, null, 2));
  } else if (prices.length === 0)
    terminal.print(nothing(terminal, 'No model call', `in the last ${last}`));
  else terminal.print(renderUsedPrices(terminal, prices, called.length - shown.length));
  return 'ok';
}
