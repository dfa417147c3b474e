// Who the work is done for: conversation, user, agent, stage and labels, carried by
// OpenTelemetry's context and written on every span below.

import { context, createContextKey, type Attributes, type Context } from '@opentelemetry/api';
import {
  AGENT_ID,
  AGENT_NAME,
  CONVERSATION_ID,
  USER_ID,
  WORKFLOW_NAME,
} from '../semantic-conventions.ts';
import { userId, withoutSecrets } from '../privacy/policy.ts';
import { given, givenText } from './given.ts';
import { safely } from '../safely.ts';
import { EXECUTION_ID, LABEL_PREFIX, ORGANISATION, STAGE } from '../own-attributes.ts';
import { ACTION_TYPE, EXECUTION_STEP, LINK_PREFIX } from '../run-attributes.ts';

export interface AgentContext {
  conversation_id?: string | undefined;
  user_id?: string | undefined;
  agent_name?: string | undefined;
  agent_id?: string | undefined;
  workflow_name?: string | undefined;
  execution_id?: string | undefined;
  /** A label, not an identity: who may see what is decided by the receiver's keys. */
  organisation?: string | undefined;
  stage?: string | undefined;
  /** The step of a plan: plan, execute, observe, … */
  execution_step?: string | undefined;
  /** What the program does with the model: generate, stream, analyze, … */
  action_type?: string | undefined;
  /** The program's own objects that the work belongs to, as `{ report_id: 'r-7' }`; limits as of labels. */
  links?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** At most 16, each value cut at 256 characters. */
  labels?: Readonly<Record<string, string | number | boolean>> | undefined;
}

const PAIRS_LIMIT = 16;
const VALUE_LIMIT_CHARS = 256;

const TEXT_ATTRIBUTES = [
  ['conversation_id', CONVERSATION_ID],
  ['user_id', USER_ID],
  ['agent_name', AGENT_NAME],
  ['agent_id', AGENT_ID],
  ['workflow_name', WORKFLOW_NAME],
  ['execution_id', EXECUTION_ID],
  ['organisation', ORGANISATION],
  ['stage', STAGE],
  ['execution_step', EXECUTION_STEP],
  ['action_type', ACTION_TYPE],
] as const;

const PAIR_ATTRIBUTES = [
  ['labels', LABEL_PREFIX],
  ['links', LINK_PREFIX],
] as const;

/** A holder, so that setContext() reaches everything that runs in the same scope afterwards. */
interface Holder {
  attributes: Attributes | null;
  values: AgentContext;
}

const KEY = createContextKey('spanledger.agent-context');
const processWide: Holder = { attributes: null, values: {} };

function holderOf(from: Context): Holder {
  return (from.getValue(KEY) as Holder | undefined) ?? processWide;
}

/** The attributes that spans started in `from` get; null when there are none. */
export function contextAttributes(from: Context): Attributes | null {
  return holderOf(from).attributes;
}

/** `from` with these values over what it had; values that are undefined leave what was there. */
export function contextWith(from: Context, values: unknown): Context {
  const merged = merge(holderOf(from).values, values);
  return from.setValue(KEY, { values: merged, attributes: attributesOf(merged) } satisfies Holder);
}

/**
 * Adds to the nearest `withAgent`, `withStage` or `runWithContext` this code runs in; outside of
 * all of them, to the whole process. A server that handles several users uses `runWithContext`.
 */
export function setContext(values: AgentContext): void {
  safely('a context', () => {
    const holder = holderOf(context.active());
    holder.values = merge(holder.values, values);
    holder.attributes = attributesOf(holder.values);
  });
}

/** `added` comes from the program: every field of it is checked before it is believed. */
function merge(old: AgentContext, added: unknown): AgentContext {
  const merged: AgentContext = { ...old };
  for (const [field] of TEXT_ATTRIBUTES) {
    const value = givenText(added, field);
    if (value !== undefined) merged[field] = value;
  }
  for (const [field] of PAIR_ATTRIBUTES) {
    const pairs = given(added, field);
    if (pairs === undefined) continue;
    const all = Object.entries({ ...old[field], ...readPairs(field, pairs) });
    merged[field] = Object.fromEntries(all.slice(0, PAIRS_LIMIT));
  }
  return merged;
}

type Pairs = Record<string, string | number | boolean>;

function readPairs(field: string, from: unknown): Pairs {
  if (typeof from !== 'object' || from === null) return {};
  const keys = safely(field, () => Object.keys(from)) ?? [];
  const pairs: [string, string | number | boolean][] = [];
  for (const key of keys.slice(0, PAIRS_LIMIT)) {
    const value = given(from, key);
    // A number stays one, so that it can be compared; whatever else becomes text or is left out.
    const known =
      Number.isFinite(value) || typeof value === 'boolean' ? value : givenText(from, key);
    if (known !== undefined) pairs.push([key, known as string | number | boolean]);
  }
  return Object.fromEntries(pairs);
}

/** A label is to tell groups apart: it stays as it is, unless it is a key or a token. */
function labelText(value: string): string {
  return withoutSecrets(value.slice(0, 2 * VALUE_LIMIT_CHARS)).slice(0, VALUE_LIMIT_CHARS);
}

function attributesOf(values: AgentContext): Attributes | null {
  const attributes: Attributes = {};
  let any = false;
  for (const [field, name] of TEXT_ATTRIBUTES) {
    const value = values[field];
    if (value === undefined || value === '') continue;
    const known = name === USER_ID ? userId(value) : value;
    attributes[name] = known.slice(0, VALUE_LIMIT_CHARS);
    any = true;
  }
  for (const [field, prefix] of PAIR_ATTRIBUTES) {
    for (const [key, value] of Object.entries(values[field] ?? {})) {
      const known = typeof value === 'string' ? labelText(value) : value;
      attributes[prefix + key.slice(0, VALUE_LIMIT_CHARS)] = known;
      any = true;
    }
  }
  return any ? attributes : null;
}
