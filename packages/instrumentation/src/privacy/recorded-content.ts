// The one way in which content becomes an attribute: allowed, redacted, cut, or left out with a mark.

import type { Attributes } from '@opentelemetry/api';
import { CONTENT_CUT, CONTENT_WITHHELD } from '../own-attributes.ts';
import { warnOnce } from '../safely.ts';
import { allowedParts } from './allowed-parts.ts';
import { counts } from './counts.ts';
import { beginning, CUT, writeJson, type Written } from './json-writer.ts';
import { kindOf, type Kind } from './kinds.ts';
import type { Privacy } from './options.ts';
import { allowsKind, allowsName, failClosed, privacyNow, WITHHELD } from './policy.ts';
import { hasOwnRules, KeptBack, redactionOf, Withheld, type Redaction } from './redaction.ts';
import { isTimeout, withinTime } from './time-limit.ts';

/** Records what `make` gives, as JSON text. Never throws. */
export function recordContent(attributes: Attributes, name: string, make: () => unknown): void {
  const privacy = privacyNow();
  if (privacy?.content !== true || !allowsName(privacy, name)) return;
  const written = guarded(privacy, kindOf(name), name, (redaction) => {
    const value = make();
    if (value === undefined || value === null) return null;
    return writeJson(allowedParts(name, value, privacy), limitOf(privacy), redaction);
  });
  if (written === undefined) addName(attributes, CONTENT_WITHHELD, name);
  if (written === undefined || written === null) return;
  if (written.text !== '') attributes[name] = written.text;
  if (written.cut) addName(attributes, CONTENT_CUT, name);
}

export function limitOf({ valueLimit_bytes, spanLimit_bytes }: Privacy): number {
  return Math.min(valueLimit_bytes, spanLimit_bytes);
}

/** The names of the attributes that this befell. */
export function addName(attributes: Attributes, mark: string, name: string): void {
  const known = attributes[mark];
  const names = Array.isArray(known) ? (known as string[]) : [];
  if (!names.includes(name)) attributes[mark] = [...names, name];
}

/** A text of the program's own that is recorded also where content is not: what may leave of it. */
export function noteText(text: string, attribute: string, limit_chars: number): string {
  return note(attribute, (redaction) => ({
    ...cutText(redaction.text(text.slice(0, 2 * limit_chars)), limit_chars, text),
  }));
}

/** The same of a field that it was given with. */
export function noteField(name: string, value: unknown, attribute: string, limit: number): string {
  return note(attribute, (redaction) => {
    if (typeof value !== 'string') return writeJson(value, limit, redaction);
    return cutText(redaction.field(name, value.slice(0, 2 * limit)), limit, value);
  });
}

/** Half of what is looked at is not believed, where the text goes on: a secret may be cut in two. */
function cutText(clean: string, limit_chars: number, text: string): Written {
  const whole = text.length <= 2 * limit_chars;
  const known = whole ? clean : clean.slice(0, Math.max(0, clean.length - limit_chars));
  const cut = !whole || known.length > limit_chars;
  return { text: known.slice(0, limit_chars), cut };
}

function note(attribute: string, write: (redaction: Redaction) => Written): string {
  const privacy = privacyNow();
  if (privacy === null || !allowsKind(privacy, 'notes', attribute)) return WITHHELD;
  return guarded(privacy, 'notes', attribute, write)?.text ?? WITHHELD;
}

/** What another's span is given, where it is content: its text, or undefined where it may not leave. */
export function foreignText(text: string, kind: Kind, attribute: string): string | undefined {
  const privacy = privacyNow();
  if (privacy === null || !allowsKind(privacy, kind, attribute)) return undefined;
  const written = guarded(privacy, kind, attribute, (redaction) => {
    const limit = limitOf(privacy);
    const parsed = parse(text);
    if (parsed !== undefined) return writeJson(parsed, limit, redaction);
    const clean = redaction.text(text.slice(0, 2 * limit));
    if (Buffer.byteLength(clean) <= limit && text.length <= 2 * limit) {
      return { text: clean, cut: false };
    }
    return { text: beginning(clean, Math.max(0, limit - CUT.length)) + CUT, cut: true };
  });
  return written?.text;
}

function parse(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined where something went wrong, or the program kept it back. */
function guarded<T extends Written | null>(
  privacy: Privacy,
  kind: Kind,
  attribute: string,
  write: (redaction: Redaction) => T,
): T | undefined {
  try {
    const redaction = redactionOf(privacy, { kind, attribute });
    const step = (): T => write(redaction);
    const written = hasOwnRules(privacy) ? inTime(privacy, step) : step();
    if (written !== null) count(written, redaction);
    return written;
  } catch (error) {
    withhold(error, attribute);
    return undefined;
  }
}

function count(written: Written, redaction: Redaction): void {
  if (written.text !== '') counts.recorded += 1;
  if (redaction.changed) counts.redacted += 1;
  if (written.cut) counts.cut += 1;
}

/** So many in a row: one may be a machine that was busy. */
const TIMEOUTS_LIMIT = 3;
let timeouts = 0;

function inTime<T>({ timeLimit_ms }: Privacy, step: () => T): T {
  const result = withinTime(timeLimit_ms, step);
  timeouts = 0;
  return result;
}

/** What was thrown may hold what it was thrown at: only its class is told. */
function withhold(error: unknown, attribute: string): void {
  if (error instanceof KeptBack) {
    counts.kept_back += 1;
    return;
  }
  counts.withheld += 1;
  const slow = isTimeout(error);
  const cause = slow ? 'redaction took too long' : causeOf(error);
  warnOnce(
    `withheld:${cause}`,
    `${attribute} is left out: ${cause}; see docs/instrumentation/privacy.md`,
  );
  if (!slow) return;
  timeouts += 1;
  if (timeouts < TIMEOUTS_LIMIT) return;
  timeouts = 0;
  failClosed('privacy:slow', `rules or redactor took too long ${TIMEOUTS_LIMIT} times in a row`);
}

function causeOf(error: unknown): string {
  if (error instanceof Withheld) return error.message;
  return 'it could not be read, or a rule or the redactor threw';
}
