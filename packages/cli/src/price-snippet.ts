// What to add to the price file for models that have no price: entries that can be pasted as they are,
// with FILL_IN where only the operator knows. The file is refused, by line, while one is left.

export interface Unpriced {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly cost_reason: string;
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  readonly last_trace_id: string;
  /** What the book of today has meanwhile. */
  readonly price_id_now: string | null;
}

export const FILL_IN = 'FILL_IN';

type Section = 'prices' | 'tiers' | 'aliases' | 'providers';

/** '' where nothing in the file would help. */
export function snippetOf(rows: readonly Unpriced[]): string {
  const sections = new Map<Section, Set<string>>();
  for (const row of rows) {
    const entry = row.price_id_now === null ? entryOf(row) : null;
    if (entry === null) continue;
    const [section, text] = entry;
    sections.set(section, (sections.get(section) ?? new Set()).add(text));
  }
  return [...sections]
    .map(
      ([section, entries]) => `${section}:\n${[...entries].map((one) => `  - ${one}\n`).join('')}`,
    )
    .join('');
}

function entryOf({
  provider,
  model,
  service_tier,
  cost_reason,
}: Unpriced): [Section, string] | null {
  const who = provider === '' ? '' : `provider: ${quoted(provider)}, `;
  const what = `${who}model: ${quoted(model)}`;
  switch (cost_reason) {
    case 'no_model':
      return null;
    case 'tier_not_priced':
      return ['tiers', `{ ${who}tier: ${quoted(service_tier)}, percent: ${FILL_IN} }`];
    case 'unknown_provider':
      return ['providers', `{ name: ${quoted(provider)}, is: ${FILL_IN} }`];
    case 'no_provider':
      return ['aliases', `{ ${what}, is: { provider: ${FILL_IN}, model: ${quoted(model)} } }`];
    case 'alias_needed':
      return ['aliases', `{ ${what}, is: { ${who}model: ${FILL_IN} } }`];
    case 'missing_request_price':
      return [
        'prices',
        `{ ${what}, per_request: ${FILL_IN}, input: ${FILL_IN}, output: ${FILL_IN} }`,
      ];
    case 'missing_cache_price':
      return [
        'prices',
        `{ ${what}, input: ${FILL_IN}, cache_read: ${FILL_IN}, cache_write: ${FILL_IN}, output: ${FILL_IN} }`,
      ];
    case 'unknown_model':
      // There the name is that of a deployment, and says nothing of its model.
      if (/^azure\b/.test(provider)) return ['aliases', `{ ${what}, is: { model: ${FILL_IN} } }`];
      return ['prices', `{ ${what}, input: ${FILL_IN}, output: ${FILL_IN} }`];
    default:
      return ['prices', `{ ${what}, input: ${FILL_IN}, output: ${FILL_IN} }`];
  }
}

/** As YAML reads it back: what could be a number, a word of its own or an end of the entry is quoted. */
function quoted(text: string): string {
  const plain =
    /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
