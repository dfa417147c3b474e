// The rules of reading figures by number: a row names those that decided its sums, and this says what
// they are. docs/reasons.md is made from it.

export const READING_RULES = {
  'rule 1':
    'parts that the emitter writes side by side are added up, unless its total says that they lie inside input and output',
  'rule 2':
    'arithmetic goes before what is known of the emitter: more cached tokens than input, or a total that holds them as well, prove that the input leaves its cache out',
  'rule 3':
    'otherwise what is known of the emitter decides whether its input holds its cached tokens',
  'rule 4':
    'of an unknown emitter the input holds them, except where only the words of a provider that leaves them out stand for its own models',
  'rule 5':
    'reasoning is a part of the output or comes on top: the total says so where it can, else what is known of the emitter',
  'rule 5b':
    'where an emitter is known to lose reasoning, what its total has beyond input and output was reasoning; where it adds it twice, it is taken off once',
  'rule 6':
    'a part is never larger than its whole, and a sum of cache writes that is missing is that of their lifetimes',
  'rule 7': 'several names of one figure are asked in order and never added to each other',
  'rule 8':
    'figures of two records agree when some reading of cache and reasoning makes them equal',
  'rule 9': 'zeros that no call can have mean that the emitter did not know',
  'rule 10': 'an input without a word of a cache that its provider leaves out is a lower bound',
} as const;

/** Why figures were read as they were: the rule, and what it found in words. */
export type ReadBecause = `${keyof typeof READING_RULES}: ${string}`;
