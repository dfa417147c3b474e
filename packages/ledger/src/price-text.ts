// The operator's price file: YAML or JSON text in, own prices out. Whatever is wrong is told with the
// file, the line and the place, all of it at once up to a limit.

import { createHash } from 'node:crypto';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { SpanledgerError } from './errors.ts';
import type { OwnPrice, OwnPrices, PriceShare, Scope } from './own-prices.ts';
import { NO_PRICES, type ClassPrices } from './price-book.ts';
import {
  PRICE_CLASSES,
  PRICE_FILE,
  type ClassEntry,
  type PriceEntry,
  type ScopeEntry,
  type ShareEntry,
} from './price-entries.ts';

/** Larger than any list of one's own prices. */
export const PRICE_FILE_BYTES_MAX = 1_048_576;
const PROBLEMS_SHOWN_MAX = 5;
/** Repeated parts of a YAML file, against texts that unfold without end. */
const ANCHOR_USES_MAX = 1_000;
const VERSION_DIGITS = 12;
const WHOLE_PERCENT = 100_000_000n;
const PERCENT_TO_SHARE = 100n;

/** Throws SpanledgerError('invalid_price_file') that names each place by line and path. */
export function parsePrices(text: string, file: string): OwnPrices {
  if (text.length > PRICE_FILE_BYTES_MAX) {
    throw invalid(file, [`larger than ${PRICE_FILE_BYTES_MAX} bytes`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(
    ({ pos, message }) => `line ${lines.linePos(pos[0]).line}: ${message}`,
  );
  if (broken.length > 0) throw invalid(file, broken);
  const parsed = PRICE_FILE.safeParse(valueOf(document, file));
  if (!parsed.success) {
    const said = parsed.error.issues.map((issue) => problemOf(issue, document, lines));
    throw invalid(file, said);
  }
  const own = ownPrices(parsed.data, file);
  const repeated = own.prices.flatMap(({ row, scope }, at) => {
    const first = own.prices.findIndex((other) => keyOf(other) === keyOf({ row, scope }));
    if (first === at) return [];
    const line = lineOf(document, lines, ['prices', at]);
    return [
      `line ${line}: prices[${at}] is for the same calls from the same day as prices[${first}]`,
    ];
  });
  if (repeated.length > 0) throw invalid(file, repeated);
  return own;
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ANCHOR_USES_MAX }) ?? {};
  } catch (error) {
    throw invalid(file, [`an anchor: ${(error as Error).message}`]);
  }
}

function invalid(file: string, problems: readonly string[]): SpanledgerError {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  const rest = problems.length - PROBLEMS_SHOWN_MAX;
  return new SpanledgerError(
    'invalid_price_file',
    `${file}: ${shown}${rest > 0 ? `; and ${rest} more` : ''}`,
  );
}

function problemOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const place = placeOf(path);
  const what = unknown === undefined ? issue.message : 'no such field';
  return `line ${lineOf(document, lines, path)}: ${place === '' ? '' : `${place}: `}${what}`;
}

/** `prices[2].input`, as people write a path. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) =>
      typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** The line of the key, where the path ends at one, else of what is nearest above it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return 1;
}

function ownPrices(entries: z.output<typeof PRICE_FILE>, file: string): OwnPrices {
  const { currencies, ...pricing } = entries;
  const empty = Object.values(pricing).every((list) => list.length === 0);
  return {
    version: empty ? '' : digestOf(pricing),
    prices: entries.prices.map((entry, at) => ownPrice(entry, `${file} prices[${at}]`)),
    tiers: entries.tiers.map((entry) => shareOf(entry, entry.tier, entry.percent, '')),
    discounts: entries.discounts.map((entry) =>
      shareOf(entry, '', WHOLE_PERCENT - entry.percent, 'discount'),
    ),
    models: entries.aliases.map((entry) => ({
      scope: scopeOf(entry),
      provider: entry.is.provider,
      model: entry.is.model,
    })),
    providers: entries.providers.map(({ name, is }) => ({ name, provider: is })),
    currencies,
  };
}

/** The same entries have the same name, however they are laid out in the file. */
function digestOf(entries: unknown): string {
  const text = JSON.stringify(entries, (_key, part: unknown) =>
    typeof part === 'bigint' ? `${part}` : part,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, VERSION_DIGITS);
}

function scopeOf({ org, provider, model }: ScopeEntry): Scope {
  return { org_id: org, provider, model };
}

function ownPrice(entry: PriceEntry, place: string): OwnPrice {
  const { org, provider, model, tier, from, until, id, source, above } = entry;
  const prices = classPrices(entry, NO_PRICES);
  const name = [org, provider, model].filter((part) => part !== '').join('/');
  const date = from === 0n ? '' : `@${dayOf(from)}`;
  return {
    scope: scopeOf(entry),
    row: {
      from_ns: from,
      until_ns: until,
      hours: null,
      service_tier: tier,
      price: {
        id: id || `own/${name}${date}${tier === '' ? '' : ` ${tier}`}`,
        source: source === '' ? place : `${place}: ${source}`,
        prices,
        tiers: above
          .toSorted((a, b) => a.input_tokens - b.input_tokens)
          .map((one) => ({
            above_input_tokens: one.input_tokens,
            prices: classPrices(one, prices),
          })),
        per_request: entry.per_request,
        per_search: entry.per_search,
        missing: '',
        cached_apart: [],
        is_listed: false,
        doubts: [],
      },
    },
  };
}

function classPrices(entry: ClassEntry, otherwise: ClassPrices): ClassPrices {
  const prices = { ...otherwise };
  for (const [field, name] of PRICE_CLASSES) prices[name] = entry[field] ?? otherwise[name];
  return prices;
}

/** `percent` in 10⁻⁶ %: 100 of them are a millionth of the whole. */
function shareOf(entry: ShareEntry, tier: string, percent: bigint, word: string): PriceShare {
  const shown = `${Number(entry.percent) / 1_000_000}%`;
  return {
    scope: scopeOf(entry),
    from_ns: entry.from,
    until_ns: entry.until,
    service_tier: tier,
    share: percent / PERCENT_TO_SHARE,
    words: `${word || tier} ${shown}`,
  };
}

function dayOf(time_ns: bigint): string {
  return new Date(Number(time_ns / 1_000_000n)).toISOString().replace(/T00:00:00\.000Z$/, '');
}

function keyOf({ scope, row }: OwnPrice): string {
  const { org_id, provider, model } = scope;
  return [org_id, provider, model.toLowerCase(), row.service_tier, row.from_ns].join('\n');
}
