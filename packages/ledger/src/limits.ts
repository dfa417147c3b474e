// What a request may look like. Reaching a limit never fails the request: what is beyond it is
// dropped or refused, and counted under the limit's name.

export interface Limit {
  readonly default: number;
  readonly unit:
    | 'spans'
    | 'records'
    | 'points'
    | 'attributes'
    | 'bytes'
    | 'events'
    | 'links'
    | 'levels'
    | 'entries'
    | 'items';
  readonly meaning: string;
}

export const LIMITS = {
  spans_per_request: {
    default: 100_000,
    unit: 'spans',
    meaning: 'spans beyond it are refused and counted in the answer',
  },
  log_records_per_request: {
    default: 100_000,
    unit: 'records',
    meaning: 'log records beyond it are refused and counted in the answer',
  },
  metric_points_per_request: {
    default: 100_000,
    unit: 'points',
    meaning: 'points of token metrics beyond it are refused and counted in the answer',
  },
  copied_bytes_per_request: {
    default: 268_435_456,
    unit: 'bytes',
    meaning: 'every row repeats its resource and scope; records beyond this sum are refused',
  },
  attributes_per_record: {
    default: 4_096,
    unit: 'attributes',
    meaning:
      'attributes of one span, event, link, log record, scope or resource; the rest is dropped',
  },
  attribute_key_bytes: {
    default: 1_024,
    unit: 'bytes',
    meaning: 'attributes with a longer key are dropped',
  },
  attribute_value_bytes: {
    default: 1_048_576,
    unit: 'bytes',
    meaning: 'attributes with a longer value, as sent or as text, are dropped',
  },
  events_per_span: {
    default: 1_024,
    unit: 'events',
    meaning: 'events of one span beyond it are dropped',
  },
  links_per_span: {
    default: 1_024,
    unit: 'links',
    meaning: 'links of one span beyond it are dropped',
  },
  value_levels: {
    default: 64,
    unit: 'levels',
    meaning: 'attributes whose arrays and maps nest deeper are dropped',
  },
  json_levels: {
    default: 512,
    unit: 'levels',
    meaning: 'a JSON body that nests deeper is malformed',
  },
  fact_text_bytes: {
    default: 256,
    unit: 'bytes',
    meaning: 'a name or id in a fact is cut off behind it; the raw span keeps it whole',
  },
  fact_list_items: {
    default: 64,
    unit: 'items',
    meaning: 'entries of one list in a fact, for instance finish reasons',
  },
  fact_json_bytes: {
    default: 1_048_576,
    unit: 'bytes',
    meaning: 'a value is read as data up to this size; beyond it, it is text',
  },
  content_from_bytes: {
    default: 4_096,
    unit: 'bytes',
    meaning: 'in records of GenAI a value of this size is content, whatever its name',
  },
  content_value_bytes: {
    default: 1_048_576,
    unit: 'bytes',
    meaning: 'a prompt, an answer or the like is cut off behind it; with 0 none is kept',
  },
  dictionary_entries_kept: {
    default: 8_192,
    unit: 'entries',
    meaning: 'a dictionary larger than this is forgotten when its block is reused',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;
export type DecodeLimits = { readonly [L in LimitName]: number };

export function decodeLimits(changes: Partial<DecodeLimits> = {}): DecodeLimits {
  const limits: Record<string, number> = {};
  for (const name of Object.keys(LIMITS) as LimitName[]) {
    limits[name] = changes[name] ?? LIMITS[name].default;
  }
  return Object.freeze(limits) as DecodeLimits;
}
