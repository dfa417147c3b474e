// What a model's provider itself said of a call, as the Vercel AI SDK keeps it beside its own figures:
// one object for each provider package, in that provider's words.

import { attribute, type FactDraft, type RecordView } from '../dialect.ts';
import { picodollars, picodollarsOfNumber } from '../reading/money.ts';
import { fillFromUsageObject, isObject, whole } from '../reading/usage-object.ts';

type Section = Readonly<Record<string, unknown>>;

const PROVIDER_METADATA = attribute('ai.response.providerMetadata');
const USER_AGENT = attribute('ai.request.headers.user-agent');

/** Provider packages that name one call; more than these are somebody's own. */
const SECTIONS = 8;

/** From this version on every input holds its cache, every output its reasoning. */
const NORMALISED_SINCE = 6;

/** Fills what the span's own attributes leave out, and how its figures are to be read. */
export function readProviderMetadata(record: RecordView, fact: FactDraft): void {
  const metadata = record.json(PROVIDER_METADATA);
  if (!isObject(metadata)) return;
  for (const section of Object.values(metadata).slice(0, SECTIONS)) {
    if (!isObject(section)) continue;
    readUsage(record, fact, section);
    readFlatFigures(fact, section);
    readCost(fact, section);
  }
}

/** A usage object: its raw figures tell what the span's own ones hold. */
function readUsage(record: RecordView, fact: FactDraft, section: Section): void {
  const usage = section['usage'] ?? section['usageMetadata'];
  if (!isObject(usage)) return;
  const { cache_convention, reasoning_convention } = fact;
  const written = fact.cache_write_tokens;
  fillFromUsageObject(fact, usage);
  fact.cache_write_tokens ??= whole(usage['cacheWriteInputTokens']);
  fact.cache_read_tokens ??= whole(usage['cacheReadInputTokens']);
  fact.cache_convention = cache_convention;
  fact.reasoning_convention = reasoning_convention;
  const input = whole(usage['input_tokens']);
  const leaves_out = 'cache_read_input_tokens' in usage || 'cacheWriteInputTokens' in usage;
  if (leaves_out && !(input === null ? isNormalised(record) : input !== fact.input_tokens)) {
    // The span repeats the figure of a provider that leaves its cache out of the input.
    if (written === null) fact.cache_convention = 'excluded';
  }
  const candidates = whole(usage['candidatesTokenCount']);
  if (candidates !== null && candidates === fact.output_tokens) {
    fact.reasoning_convention = 'excluded';
  }
}

function isNormalised(record: RecordView): boolean {
  const version = /\bai\/(\d+)\./.exec(record.text(USER_AGENT) ?? '');
  return version !== null && Number(version[1]) >= NORMALISED_SINCE;
}

/** Version 4 wrote what its usage has no place for beside it. */
function readFlatFigures(fact: FactDraft, section: Section): void {
  const read = whole(section['cacheReadInputTokens']);
  if (read !== null && fact.cache_read_tokens === null) {
    fact.cache_read_tokens = read;
    fact.cache_convention = 'excluded';
  }
  fact.cache_read_tokens ??=
    whole(section['cachedPromptTokens']) ?? whole(section['promptCacheHitTokens']);
  fact.cache_write_tokens ??= whole(section['cacheCreationInputTokens']);
  fact.reasoning_tokens ??= whole(section['reasoningTokens']);
}

/** Gateways say what they charged. */
function readCost(fact: FactDraft, section: Section): void {
  const usage = section['usage'];
  const cost = section['cost'] ?? (isObject(usage) ? usage['cost'] : undefined);
  const told =
    typeof cost === 'number'
      ? picodollarsOfNumber(cost)
      : typeof cost === 'string'
        ? picodollars(cost)
        : null;
  if (told !== null && told > 0n) fact.reported_cost_usd ??= told;
}
