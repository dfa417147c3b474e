// Every code by which the ledger says that something is uncertain or unknown: doubts on a row, and
// the reasons for tokens or cost that are null. One table, so that no code is without a meaning;
// docs/reasons.md is made from it.

/** What a code speaks of. A record is any span or event, a call what is counted. */
export type DoubtPlace = 'call' | 'class' | 'aggregate' | 'record' | 'trace' | 'service';

export interface DoubtMeaning {
  readonly on: DoubtPlace;
  readonly means: string;
  /** What a user can do about it; '' where there is nothing to do. */
  readonly remedy: string;
}

const say = (on: DoubtPlace, means: string, remedy = ''): DoubtMeaning => ({ on, means, remedy });

/** Doubts: the figures stand, and this is to be known about them. */
export const DOUBTS = {
  aggregate_beside_calls: say(
    'aggregate',
    'a sum that does not bill: a call without a parent lies in its time and may be part of it',
    'export all spans of a trace, so that calls have their parents',
  ),
  aggregate_only: say(
    'aggregate',
    'no call beneath this sum tells its usage, so the sum itself is billed as one record',
    'instrument the model client as well, to see each call',
  ),
  aggregate_repeats_call: say(
    'aggregate',
    'a sum that does not bill: it carries the response id of a call that is counted',
  ),
  cache_write_lifetime_unknown: say(
    'class',
    'cache writes whose lifetime was not told are booked as the five-minute kind',
    'a newer version of the emitter may tell the lifetimes apart',
  ),
  class_not_reported: say(
    'class',
    'the emitter names no figure for cached input: how much of the input was cached is not known; it is priced as uncached, so the cost is too high where it was',
    'a newer version of the emitter, or its setting for usage details',
  ),
  cost_contradicts: say(
    'call',
    'the cost that the emitter reports is not what the tokens cost by the price row',
    'compare the price row with your contract; your own prices can be set',
  ),
  cumulative_aggregate_only: say(
    'aggregate',
    'the only figure is a sum that may hold earlier runs or other callers, so it is a hint',
    'instrument the model client as well',
  ),
  ends_before_start: say('record', 'the record ends before it starts; its duration is taken as 0'),
  figures_differ: say(
    'call',
    'records of this one call tell different figures; the best record was taken whole',
    'explain shows the figures of each record',
  ),
  input_may_exclude_cache: say(
    'call',
    'the input is a lower bound: this provider leaves cached tokens out and the emitter does not name them',
    'use an interface or a version that reports cached tokens',
  ),
  match_cap_reached: say(
    'call',
    'the search for other records of this call ended at its limit; the call may be counted twice',
  ),
  matched_without_id: say(
    'call',
    'records were joined by service, model, figures and time, because they share no id',
    'emitters that record the provider’s response id make it certain',
  ),
  may_be_estimate: say(
    'call',
    'the emitter sometimes writes its own count in place of the provider’s and does not mark it',
  ),
  may_hold_several_bills: say(
    'call',
    'the emitter may put several provider calls into one record and report the last one’s usage',
    'instrument the model client beneath as well',
  ),
  negative_tokens: say('record', 'a count below zero was not taken'),
  no_call_telemetry: say(
    'trace',
    'agents ran, and no record of any model call came',
    'instrument the model client, or switch on its telemetry',
  ),
  not_a_number: say('record', 'what stands where a count should be is no whole number'),
  number_out_of_range: say('record', 'a number that does not fit its column was not taken'),
  output_may_exclude_reasoning: say(
    'call',
    'the output is a lower bound: the emitter leaves reasoning out of it and tells neither its tokens nor a total',
    'an emitter, a version or a signal that reports reasoning tokens',
  ),
  overwritten_span: say(
    'call',
    'several calls wrote their usage on one span, and only the last one’s figures remain there',
  ),
  parent_sum_differs: say(
    'aggregate',
    'the sum of this record is not what the calls beneath it used; the calls are counted, the sum is a hint',
  ),
  parts_exceed_whole: say(
    'class',
    'a part (cached, audio or image tokens) is larger than the figure it belongs to, and was cut to it',
  ),
  price_by_model_name: say(
    'call',
    'nobody told the provider: the price is that of the maker whose model goes by this name',
    'an emitter that names the provider, or an alias in your price file',
  ),
  price_of_undated_model: say(
    'call',
    'the price list does not know this dated snapshot: it is priced as the model without the date',
    'a row of your own in the price file, if its price is another',
  ),
  reasoning_added_twice: say(
    'class',
    'the emitter adds reasoning to an output that holds it already; it was taken off once',
  ),
  reasoning_exceeds_output: say(
    'class',
    'more reasoning than output was told; it was cut to the output',
  ),
  start_before_epoch: say(
    'record',
    'the start, reckoned from end and duration, lies before 1970 and was not taken',
  ),
  stream_aborted: say(
    'call',
    'the stream was left or broke off: what was billed after that is not in its figures',
  ),
  stream_output_maybe_plus_start: say(
    'call',
    'the output may be a little too high: the emitter adds the opening count of streams and does not say if this was one',
  ),
  stream_output_plus_start: say(
    'call',
    'the emitter adds the opening count of a stream to its output; one token was taken off',
  ),
  total_contradicts: say(
    'call',
    'the emitter’s total is not what its input and output come to; input and output were taken',
  ),
  truncated_usage: say(
    'record',
    'the text that holds the usage was cut or cannot be parsed, so nothing was taken from it',
    'raise the limit of attribute lengths',
  ),
  unfinished: say('record', 'the program ended while this was running'),
  unit_bounded: say(
    'trace',
    'more records may tell of this trace’s calls, by an id or without one, than are looked at together; calls may be counted twice',
  ),
} as const satisfies Record<string, DoubtMeaning>;

/** Why the tokens of a call are null, or not all that was billed. */
export const USAGE_REASONS = {
  emitter_estimate_only: say(
    'call',
    'the only figure is the emitter’s own count, shown as a hint and never added',
    'let the provider report usage, for streams with stream_options.include_usage',
  ),
  emitter_reports_no_usage: say(
    'call',
    'an answer came and the emitter tells no usage',
    'a newer version of the emitter, or instrumentation of the model client',
  ),
  failed_after_answer: say(
    'call',
    'the call failed after an answer had begun: it may have been billed, by an unknown amount',
  ),
  metric_only: say(
    'service',
    'only metrics came from this service: sums without calls',
    'export spans',
  ),
  partial_usage: say('call', 'input or output is known, the other is not'),
  stream_without_usage: say(
    'call',
    'a stream that carried no usage: billed, amount unknown',
    'ask for it: stream_options.include_usage; or leave streams to a gateway that does',
  ),
  told_in_sum: say(
    'call',
    'the usage of this call is inside the sum of a record above it, which bills for several calls',
    'instrument the model client, to see each call’s own usage',
  ),
  zero_means_unknown: say(
    'call',
    'the emitter writes zeros where it does not know',
    'let the provider report usage, for streams with stream_options.include_usage',
  ),
} as const satisfies Record<string, DoubtMeaning>;

/** Why the cost of a call is null. The remedies name the entries of the price file. */
export const COST_REASONS = {
  alias_needed: say(
    'call',
    'the name is that of a resource of your own, and does not tell the model behind it',
    'name the model under "aliases" in the price file',
  ),
  local_model: say(
    'call',
    'the model ran on a machine of your own: no list has a price for it',
    'add a row under "prices" in the price file, with 0 or what it costs you',
  ),
  missing_cache_price: say(
    'call',
    'the price row has no price for these cached tokens',
    'add a row with all its prices under "prices" in the price file',
  ),
  missing_input_price: say(
    'call',
    'the price row has no price for a class of its input',
    'add a row with all its prices under "prices" in the price file',
  ),
  missing_output_price: say(
    'call',
    'the price row has no price for a class of its output, or bills output that nobody counts',
    'add a row with all its prices under "prices" in the price file',
  ),
  missing_request_price: say(
    'call',
    'the call also costs by request, search, page or time, which the list does not tell exactly',
    'add a row with per_request or per_search under "prices" in the price file',
  ),
  no_model: say('call', 'the record names no model'),
  no_price_then: say(
    'call',
    'the rows of this model begin later or ended before the call',
    'widen from and until of the row in the price file',
  ),
  no_provider: say(
    'call',
    'nobody told the provider, and the name of the model does not tell who served it',
    'name provider and model under "aliases" in the price file',
  ),
  no_usage: say('call', 'its tokens are not known'),
  partial_usage: say('call', 'not all of its tokens are known'),
  tier_not_priced: say(
    'call',
    'it ran in a tier (batch, flex, priority) that has a price of its own',
    'say what the tier costs under "tiers" in the price file',
  ),
  unknown_model: say(
    'call',
    'the price list of this provider has no such model',
    'add a row under "prices", or another name of the model under "aliases"',
  ),
  unknown_provider: say(
    'call',
    'no price list is of this provider',
    'say who bills under "providers", or add rows under "prices" in the price file',
  ),
} as const satisfies Record<string, DoubtMeaning>;

export type Doubt = keyof typeof DOUBTS;
/** '' when nothing is missing. */
export type UsageReason = keyof typeof USAGE_REASONS | '';
/** '' when the cost is known. */
export type CostReason = keyof typeof COST_REASONS | '';

/** Doubts that coverage tells beside its reasons: something is missing, or contradicts itself. */
export const COVERAGE_DOUBTS: ReadonlySet<Doubt> = new Set([
  'aggregate_beside_calls',
  'cost_contradicts',
  'cumulative_aggregate_only',
  'figures_differ',
  'input_may_exclude_cache',
  'match_cap_reached',
  'may_hold_several_bills',
  'no_call_telemetry',
  'output_may_exclude_reasoning',
  'parent_sum_differs',
  'reasoning_exceeds_output',
  'total_contradicts',
  'truncated_usage',
  'unit_bounded',
]);
