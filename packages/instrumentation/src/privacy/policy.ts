// The options that hold now, and what they say of a value. What is not understood records nothing.

import type Crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { withoutKnownShapes, type Shape } from './known-shapes.ts';
import { kindOf, type Kind } from './kinds.ts';
import { PRIVACY_DEFAULTS, readPrivacy, type Privacy, type PrivacyOptions } from './options.ts';
import { warnOnce } from '../safely.ts';

/** In place of a value that may not leave. */
export const WITHHELD = '[withheld]';

let said: Readonly<Record<string, unknown>> = {};
let held: Privacy | null = PRIVACY_DEFAULTS;

/** Whether any content is recorded: the first question of everyone, so it is one look. */
let capturing = false;

/**
 * What of prompts, answers and notes may leave, and how: the options given stand before those of the
 * environment and those given earlier. Never throws; what is not understood is told once, and then no
 * content leaves at all.
 */
export function setPrivacy(options: PrivacyOptions): void {
  let more: Record<string, unknown>;
  try {
    more = { ...options };
  } catch {
    return failClosed('privacy', 'the options given to setPrivacy cannot be read');
  }
  const all = Object.entries({ ...said, ...more });
  said = Object.fromEntries(all.filter(([, value]) => value !== undefined && value !== null));
  const { privacy, complaints } = readPrivacy(said);
  for (const complaint of complaints) warnOnce(`privacy:${complaint}`, complaint);
  hold(privacy);
}

/** From now on nothing is recorded that could be content. */
export function failClosed(subject: string, cause: string): void {
  warnOnce(subject, `${cause}: no content is recorded until that is put right`);
  hold(null);
}

function hold(next: Privacy | null): void {
  held = next;
  capturing = next?.content === true;
}

export function capturesContent(): boolean {
  return capturing;
}

/** Null where nothing may be recorded. */
export function privacyNow(): Privacy | null {
  return held;
}

export function allowsKind(privacy: Privacy, kind: Kind, name?: string): boolean {
  const { allow, deny } = privacy;
  const among = (list: ReadonlySet<string>): boolean =>
    list.has(kind) || (name !== undefined && list.has(name));
  return (allow === null || among(allow)) && (deny === null || !among(deny));
}

export function allowsName(privacy: Privacy, name: string): boolean {
  return allowsKind(privacy, kindOf(name), name);
}

/** An agent or a tool that nobody names is not known to be allowed where some are not. */
export function allowsAgent({ allowAgents, denyAgents }: Privacy, agent: unknown): boolean {
  const name = typeof agent === 'string' ? agent : null;
  if (allowAgents !== null && (name === null || !allowAgents(name))) return false;
  return denyAgents === null || name === null || !denyAgents(name);
}

export function allowsTool({ allowTools, denyTools }: Privacy, tool: unknown): boolean {
  if (allowTools === null && denyTools === null) return true;
  if (typeof tool !== 'string') return false;
  return (allowTools === null || allowTools(tool)) && (denyTools === null || !denyTools(tool));
}

const SECRETS: ReadonlySet<Shape> = new Set(['secrets']);

/** A name or a label of the program's own: what is secret by its shape is taken out. */
export function withoutSecrets(text: string): string {
  if (held?.redact.has('secrets') === false) return text;
  return withoutKnownShapes(text, SECRETS) ?? '';
}

const HASH_CHARS = 32;
let crypto: typeof Crypto | null = null;

/** A user's id as it may leave: itself, or its keyed hash. */
export function userId(id: string): string {
  if (held === null) return said['userHashKey'] === undefined ? id : WITHHELD;
  const key = held.userHashKey;
  if (key === null) return id;
  // Loaded where it is needed first: it would be a good part of what starting costs.
  crypto ??= createRequire(import.meta.url)('node:crypto') as typeof Crypto;
  return crypto.createHmac('sha256', key).update(id).digest('hex').slice(0, HASH_CHARS);
}
