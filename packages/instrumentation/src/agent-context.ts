// Who the work is done for: conversation, user, agent, stage and labels, carried by
// OpenTelemetry's context and written on every span below.

import { context, createContextKey, type Attributes, type Context } from '@opentelemetry/api';
import {
  AGENT_ID,
  AGENT_NAME,
  CONVERSATION_ID,
  USER_ID,
  WORKFLOW_NAME,
} from './semantic-conventions.ts';
import { given, givenText } from './given.ts';
import { safely } from './safely.ts';
import { EXECUTION_ID, LABEL_PREFIX, ORGANISATION, STAGE } from './own-attributes.ts';

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
  /** At most 16, each value cut at 256 characters. */
  labels?: Readonly<Record<string, string | number | boolean>> | undefined;
}

const LABELS_LIMIT = 16;
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
  const labels = given(added, 'labels');
  if (labels === undefined) return merged;
  const all = Object.entries({ ...old.labels, ...readLabels(labels) });
  merged.labels = Object.fromEntries(all.slice(0, LABELS_LIMIT));
  return merged;
}

type Labels = Record<string, string | number | boolean>;

function readLabels(from: unknown): Labels {
  if (typeof from !== 'object' || from === null) return {};
  const keys = safely('labels', () => Object.keys(from)) ?? [];
  const labels: [string, string | number | boolean][] = [];
  for (const key of keys.slice(0, LABELS_LIMIT)) {
    const value = given(from, key);
    // A number stays one, so that it can be compared; whatever else becomes text or is left out.
    const known =
      Number.isFinite(value) || typeof value === 'boolean' ? value : givenText(from, key);
    if (known !== undefined) labels.push([key, known as string | number | boolean]);
  }
  return Object.fromEntries(labels);
}

function attributesOf(values: AgentContext): Attributes | null {
  const attributes: Attributes = {};
  let any = false;
  for (const [field, name] of TEXT_ATTRIBUTES) {
    const value = values[field];
    if (value === undefined || value === '') continue;
    attributes[name] = value.slice(0, VALUE_LIMIT_CHARS);
    any = true;
  }
  for (const [key, value] of Object.entries(values.labels ?? {})) {
    const known = typeof value === 'string' ? value.slice(0, VALUE_LIMIT_CHARS) : value;
    attributes[LABEL_PREFIX + key.slice(0, VALUE_LIMIT_CHARS)] = known;
    any = true;
  }
  return any ? attributes : null;
}
