// One text on its way into an attribute: the known shapes are taken out of it, then what the program's
// own rules and its function say. Whatever goes wrong there means that nothing of it is recorded.

import { mark, withoutKnownShapes } from './known-shapes.ts';
import type { Privacy } from './options.ts';
import type { TextPlace } from './option-values.ts';
import { SECRET_NAME } from './secret-shapes.ts';

/** The value is left out whole; the message says why, for the one line about it. */
export class Withheld extends Error {}
/** The program's own function said so: nothing went wrong. */
export class KeptBack extends Withheld {}

export interface Redaction {
  /** Whether anything was taken out. */
  changed: boolean;
  /** Numbers are texts to it as well: a rule may mean them. */
  readonly readsNumbers: boolean;
  text(text: string): string;
  /** The value of a field, by the name of the field. */
  field(name: string, text: string): string;
}

/** Whether foreign code takes part, which needs a limit of time. */
export function hasOwnRules({ rules, redactor }: Privacy): boolean {
  return rules.length > 0 || redactor !== null;
}

/** For the texts of one value. */
export function redactionOf(privacy: Privacy, place: TextPlace): Redaction {
  const redaction: Redaction = {
    changed: false,
    readsNumbers: hasOwnRules(privacy),
    text(text) {
      const left = redacted(text, privacy, place);
      if (left !== text) redaction.changed = true;
      return left;
    },
    field(name, text) {
      const isSecret = privacy.redact.has('secrets') && text !== '' && SECRET_NAME.test(name);
      if (!isSecret) return redaction.text(text);
      redaction.changed = true;
      return mark('named');
    },
  };
  return redaction;
}

function redacted(text: string, privacy: Privacy, place: TextPlace): string {
  const known = withoutKnown(text, privacy);
  if (!hasOwnRules(privacy)) return known;
  let left = known;
  for (const { name, pattern } of privacy.rules) {
    pattern.lastIndex = 0;
    left = left.replace(pattern, mark(name));
  }
  if (privacy.redactor !== null) left = byFunction(privacy.redactor, left, place);
  return left === known ? left : withoutKnown(left, privacy);
}

function withoutKnown(text: string, { redact }: Privacy): string {
  const left = redact.size === 0 ? text : withoutKnownShapes(text, redact);
  if (left === null) throw new Withheld('what is known to be secret could not be taken out');
  return left;
}

function byFunction(
  redactor: NonNullable<Privacy['redactor']>,
  text: string,
  place: TextPlace,
): string {
  const left: unknown = redactor(text, place);
  if (typeof left === 'string') return left;
  if (left === null) throw new KeptBack('the redactor said so');
  // A promise that nobody waits for would end the process when it fails.
  if (left instanceof Promise) left.catch(() => {});
  throw new Withheld(`the redactor gave back neither text nor null but ${typeof left}`);
}

/** For what was redacted before. */
export const NO_REDACTION: Redaction = {
  changed: false,
  readsNumbers: false,
  text: (text) => text,
  field: (_name, text) => text,
};
