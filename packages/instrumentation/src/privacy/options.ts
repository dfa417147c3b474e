// The options of privacy: one table, which the environment, the code and the page in docs are read by.

import * as read from './option-values.ts';
import type { Names, Reader, Redactor, Rule } from './option-values.ts';
import type { Shape } from './known-shapes.ts';
import { SHAPES } from './known-shapes.ts';

/** What a program may say with `setPrivacy`. A value of null goes back to the default. */
export interface PrivacyOptions {
  content?: boolean | null;
  allow?: readonly string[] | null;
  deny?: readonly string[] | null;
  allowAgents?: readonly string[] | null;
  denyAgents?: readonly string[] | null;
  allowTools?: readonly string[] | null;
  denyTools?: readonly string[] | null;
  valueLimit_bytes?: number | null;
  spanLimit_bytes?: number | null;
  redact?: readonly Shape[] | 'none' | null;
  rules?: readonly (string | RegExp | { name?: string; pattern: string | RegExp })[] | null;
  redactor?: Redactor | null;
  timeLimit_ms?: number | null;
  userHashKey?: string | null;
}

/** The options as they were read. */
export interface Privacy {
  readonly content: boolean;
  /** Kinds and attributes; null for all. */
  readonly allow: ReadonlySet<string> | null;
  readonly deny: ReadonlySet<string> | null;
  readonly allowAgents: Names | null;
  readonly denyAgents: Names | null;
  readonly allowTools: Names | null;
  readonly denyTools: Names | null;
  readonly valueLimit_bytes: number;
  readonly spanLimit_bytes: number;
  readonly redact: ReadonlySet<Shape>;
  readonly rules: readonly Rule[];
  readonly redactor: Redactor | null;
  readonly timeLimit_ms: number;
  readonly userHashKey: string | null;
}

export interface PrivacyOption {
  readonly name: keyof Privacy;
  readonly variable: string;
  readonly meaning: string;
  /** What it must be, for the line that says that it is not. */
  readonly form: string;
  readonly read: Reader<unknown>;
}

const LIMIT_MOST_BYTES = 16 * 1024 * 1024;
const LIST = 'names with commas between them, * for any characters';
const KIND_LIST = 'kinds or attributes with commas between them';
const LIMIT = `a whole number of bytes up to ${LIMIT_MOST_BYTES}`;

export const PRIVACY_OPTIONS: readonly PrivacyOption[] = [
  {
    name: 'content',
    variable: 'SPANLEDGER_CONTENT',
    meaning: 'record content',
    form: 'true or false',
    read: read.yesOrNo,
  },
  {
    name: 'allow',
    variable: 'SPANLEDGER_CONTENT_ALLOW',
    meaning: 'only these kinds or attributes',
    form: KIND_LIST,
    read: read.kinds,
  },
  {
    name: 'deny',
    variable: 'SPANLEDGER_CONTENT_DENY',
    meaning: 'never these kinds or attributes',
    form: KIND_LIST,
    read: read.kinds,
  },
  {
    name: 'allowAgents',
    variable: 'SPANLEDGER_CONTENT_ALLOW_AGENTS',
    meaning: 'only within these agents',
    form: LIST,
    read: read.nameList,
  },
  {
    name: 'denyAgents',
    variable: 'SPANLEDGER_CONTENT_DENY_AGENTS',
    meaning: 'never within these agents',
    form: LIST,
    read: read.nameList,
  },
  {
    name: 'allowTools',
    variable: 'SPANLEDGER_CONTENT_ALLOW_TOOLS',
    meaning: 'of tools only these',
    form: LIST,
    read: read.nameList,
  },
  {
    name: 'denyTools',
    variable: 'SPANLEDGER_CONTENT_DENY_TOOLS',
    meaning: 'never of these tools',
    form: LIST,
    read: read.nameList,
  },
  {
    name: 'valueLimit_bytes',
    variable: 'SPANLEDGER_CONTENT_VALUE_LIMIT',
    meaning: 'bytes of one attribute',
    form: LIMIT,
    read: read.wholeNumber(LIMIT_MOST_BYTES),
  },
  {
    name: 'spanLimit_bytes',
    variable: 'SPANLEDGER_CONTENT_SPAN_LIMIT',
    meaning: 'bytes of all content of a span',
    form: LIMIT,
    read: read.wholeNumber(LIMIT_MOST_BYTES),
  },
  {
    name: 'redact',
    variable: 'SPANLEDGER_REDACT',
    meaning: 'known shapes that are taken out',
    form: `${SHAPES.join(', ')}, with commas between them, or none`,
    read: read.shapes,
  },
  {
    name: 'rules',
    variable: 'SPANLEDGER_REDACT_RULES',
    meaning: 'your own patterns',
    form: 'a JSON list of regular expressions that match no empty text',
    read: read.rules,
  },
  {
    name: 'redactor',
    variable: 'SPANLEDGER_REDACT_MODULE',
    meaning: 'your own function',
    form: 'a module whose default export is a function',
    read: read.redactor,
  },
  {
    name: 'timeLimit_ms',
    variable: 'SPANLEDGER_REDACT_TIME_LIMIT',
    meaning: 'ms that your patterns and function may take for one value',
    form: 'a whole number up to 10000',
    read: read.wholeNumber(10_000),
  },
  {
    name: 'userHashKey',
    variable: 'SPANLEDGER_USER_HASH_KEY',
    meaning: 'user ids leave as keyed hashes',
    form: 'a text of 16 to 1024 characters',
    read: read.hashKey,
  },
];

export const PRIVACY_DEFAULTS: Privacy = Object.freeze({
  content: false,
  ...{ allow: null, deny: null, allowAgents: null, denyAgents: null },
  ...{ allowTools: null, denyTools: null },
  valueLimit_bytes: 64 * 1024,
  spanLimit_bytes: 256 * 1024,
  redact: new Set(SHAPES),
  rules: [],
  redactor: null,
  timeLimit_ms: 200,
  userHashKey: null,
});

export interface ReadPrivacy {
  /** Null when an option is not understood: then nothing may be recorded. */
  readonly privacy: Privacy | null;
  readonly complaints: readonly string[];
}

const NEXT = 'no content is recorded until that is put right';

/** Options by name, from the environment or from code. */
export function readPrivacy(said: Readonly<Record<string, unknown>>): ReadPrivacy {
  const complaints: string[] = [];
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(said)) {
    const value = said[name];
    const found = PRIVACY_OPTIONS.find((each) => each.name === name);
    if (found === undefined) {
      complaints.push(`privacy has no option ${name.slice(0, 40)}: ${NEXT}`);
    } else {
      const understood = found.read(value);
      if (understood === undefined) {
        complaints.push(`${name} (${found.variable}) must be ${found.form}: ${NEXT}`);
      } else known[name] = understood;
    }
  }
  if (complaints.length > 0) return { privacy: null, complaints };
  return { privacy: Object.freeze({ ...PRIVACY_DEFAULTS, ...known }), complaints };
}
