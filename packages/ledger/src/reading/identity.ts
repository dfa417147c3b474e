// Who and what a record is about: provider, models, ids, agent, conversation, user. Dialects call
// this first and then correct what their emitter words differently.

import type { FactDraft, RecordView } from '../dialect.ts';
import {
  AGENT_ID,
  AGENT_NAME,
  CONVERSATION,
  EXECUTION_ID,
  firstOf,
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
  fact.request_model = firstOf(record, REQUEST_MODEL);
  fact.response_model = firstOf(record, RESPONSE_MODEL);
  fact.response_id = firstOf(record, RESPONSE_ID);
  fillPeople(record, fact);
}

/** Agent, run, conversation and user: what steps and tools carry as well. */
export function fillPeople(record: RecordView, fact: FactDraft): void {
  fact.agent_name = firstOf(record, AGENT_NAME);
  fact.agent_id = firstOf(record, AGENT_ID);
  fact.workflow_name = firstOf(record, WORKFLOW_NAME);
  fact.execution_id = firstOf(record, EXECUTION_ID);
  fact.conversation_id = firstOf(record, CONVERSATION);
  fact.user_id = firstOf(record, USER);
}

export function fillProvider(fact: FactDraft, text: string): void {
  if (text === '') return;
  const { provider, framework } = providerOf(text);
  fact.provider = provider;
  fact.framework = framework;
}
