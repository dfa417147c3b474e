// The OpenTelemetry that a program may bring: its provider before ours, after ours or not at all, with
// one copy of the API in the tree or two.

export interface SetUp {
  /** What it is, in words for the page. */
  says: string;
  /** When the provider of the program is registered; null when it has none. */
  own: 'before' | 'after' | null;
  /** Where it takes OpenTelemetry from; null for the API 1.9 and SDK 2 of this project. */
  line: 'otel-3' | null;
  /** Our package and the program load the same copy of the API. */
  oneApi: boolean;
  /** The spans of the program's provider are the only ones; ours otherwise. */
  goesTo: 'program' | 'us';
  /** What is written on standard error, beside what the program writes. */
  warns?: RegExp;
}

const WAY = /^spanledger: the program has its own tracer provider: .*\n/;
const NONE = { own: null, goesTo: 'us' } as const;
const BEFORE = { own: 'before', goesTo: 'program' } as const;
const AFTER = { own: 'after', goesTo: 'program', warns: WAY } as const;
const SDK_2 = { line: null, oneApi: true } as const;
const SDK_3 = { line: 'otel-3', oneApi: true } as const;
const OTHER_API = { line: 'otel-3', oneApi: false } as const;

export const SET_UPS = {
  alone: { says: 'none; our sender, API 1.9', ...NONE, ...SDK_2 },
  'sdk-2-before': { says: 'SDK 2, API 1.9, registered before us', ...BEFORE, ...SDK_2 },
  'sdk-2-after': { says: 'SDK 2, API 1.9, registered after us', ...AFTER, ...SDK_2 },
  'alone-api-1.10': { says: 'none; our sender, API 1.10', ...NONE, ...SDK_3 },
  'sdk-3-before': { says: 'SDK 3, API 1.10, registered before us', ...BEFORE, ...SDK_3 },
  'sdk-3-after': { says: 'SDK 3, API 1.10, registered after us', ...AFTER, ...SDK_3 },
  'two-apis-before': {
    says: 'SDK 3, API 1.10, registered before us, who have a copy of 1.9',
    ...BEFORE,
    ...OTHER_API,
  },
  'two-apis-after': {
    says: 'SDK 3, API 1.10, registered after us, who have a copy of 1.9',
    own: 'after',
    goesTo: 'us',
    ...OTHER_API,
  },
} as const satisfies Record<string, SetUp>;

export type SetUpName = keyof typeof SET_UPS;

/** None, and each line of OpenTelemetry: what every client runs with in the whole matrix. */
export const EACH_LINE: readonly SetUpName[] = ['alone', 'sdk-2-before', 'sdk-3-before'];
export const EVERY = Object.keys(SET_UPS) as SetUpName[];
