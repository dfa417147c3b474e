// Who and what a record is about: provider, models, ids, agent, conversation, user. Dialects call
// this first and then correct what their emitter words differently.

import type { FactDraft, RecordView } from '../dialect.ts';
import {
  AGENT_ID,
  AGENT_NAME,
  CONVERSATION,
  EXECUTION_ID,
  PROVIDER,
  REQUEST_MODEL,
  RESPONSE_ID,
  RESPONSE_MODEL,
  textOf,
  USER,
  WORKFLOW_NAME,
} from './aliases.ts';
import { providerOf } from './vocabulary.ts';

export function fillIdentity(record: RecordView, fact: FactDraft): void {
  fillProvider(fact, textOf(record, PROVIDER));
  fact.request_model = record.first(REQUEST_MODEL);
  fact.response_model = record.first(RESPONSE_MODEL);
  fact.response_id = record.first(RESPONSE_ID);
  fillPeople(record, fact);
}

/** Agent, run, conversation and user: what steps and tools carry as well. */
export function fillPeople(record: RecordView, fact: FactDraft): void {
  fact.agent_name = record.first(AGENT_NAME);
  fact.agent_id = record.first(AGENT_ID);
  fact.workflow_name = record.first(WORKFLOW_NAME);
  fact.execution_id = record.first(EXECUTION_ID);
  fact.conversation_id = record.first(CONVERSATION);
  fact.user_id = record.first(USER);
}

export function fillProvider(fact: FactDraft, text: string): void {
  if (text === '') return;
  const { provider, framework } = providerOf(text);
  fact.provider = provider;
  fact.framework = framework;
}
