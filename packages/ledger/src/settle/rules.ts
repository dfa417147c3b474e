// The rules of settling by name: each row says which of them decided, and this says what they are.
// docs/reasons.md is made from it.

export const RULES = {
  D1: 'kind decides what may bill: model calls may; agents, workflows, steps and every record that its emitter marks as a sum are aggregates',
  'D1-inferred':
    'a call that was only inferred is an application’s own sum when a call lies beneath it or without a parent within its time',
  'D1-attempt':
    'an error without usage, provider id or sign of an answer was an attempt and no call',
  D2b: 'records with one provider response id are one call, in whatever trace, service or scope they lie, but of one scope only one unless one lies above the other',
  D2c: 'a call record with exactly one call beneath it, through plumbing only, is that call; with several it is their sum',
  D2d: 'records without a common id are one call, one to one, where service, kind, model and figures agree, one lies within the time of the other, and an emitter is known to write its record elsewhere',
  D3: 'of the records of a call the best owns it and its figures are taken whole: measured, then complete, then span, then more classes, then certain',
  D4: 'the server’s side of a call whose client is seen is an echo; it may lend its figures',
  D5: 'a sum bills only where no call beneath it tells its usage, no call without a parent lies in its time, it repeats no call’s id, and it is not cumulative',
  D6: 'what a sum holds beyond its calls is a hint, never a bill',
  D7: 'a log event repeats the call that it names by id, by span or by time; what repeats nothing is a call of its own',
  D8: 'a record that was sent twice is one record; of two versions the one that ended last counts',
  D9: 'the record at the end of a stream is the call of the request that began it',
  'D9-handle': 'a handle without figures, at whose end another scope’s call begins, is that call',
  T1: 'a tool call is one, although its span, its protocol client and its server each tell of it',
} as const;

export type RuleName = keyof typeof RULES;

/** Why a record came out as it did: the rule, and what it found in words. */
export type Because = `${RuleName} ${string}`;
