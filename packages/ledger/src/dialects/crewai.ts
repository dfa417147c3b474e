// CrewAI: what its own telemetry and instrumentations of it say of crews, tasks and agents. The sums
// on a crew hold everything its members ever used, some of it twice, so they are hints.

import { aliases, attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { hasUsage } from '../reading/figures.ts';
import { addMark } from '../reading/outcome.ts';
import { dataOf } from '../reading/python-repr.ts';
import { fillFromUsageObject } from '../reading/usage-object.ts';

const OWN_SCOPE = 'crewai.telemetry';
const CREW = aliases('crewai.crew.id', 'crewai.crew.name', 'crewai.crew.tasks');
const TASK = aliases('crewai.task.id', 'crewai.task.description');
const AGENT = aliases('crewai.agent.id', 'crewai.agent.role');
const AGENT_ROLE = attribute('crewai.agent.role');
const AGENT_ID = attribute('crewai.agent.id');
const CREW_NAME = attribute('crewai.crew.name');
const USAGE_METRICS = attribute('crewai.crew.usage_metrics');
const TOKEN_USAGE = attribute('crewai.crew.token_usage');

export const crewai: Dialect = {
  name: 'crewai',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span') return false;
    if (record.scope === OWN_SCOPE) return true;
    return (
      record.first(AGENT) !== null || record.first(TASK) !== null || record.first(CREW) !== null
    );
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.framework = 'crewai';
    fact.kind = 'step';
    if (record.first(AGENT) !== null) readAgent(record, fact);
    else if (record.first(TASK) === null && record.first(CREW) !== null) readCrew(record, fact);
    else fact.operation = record.first(TASK) === null ? null : 'task';
    fact.tool_name = null;
    if (hasUsage(fact)) addMark(fact, 'cumulative');
    return true;
  },
};

function readAgent(record: RecordView, fact: FactDraft): void {
  fact.kind = 'agent';
  fact.operation = 'invoke_agent';
  if (record.has(AGENT_ROLE)) fact.agent_name ??= AGENT_ROLE;
  if (record.has(AGENT_ID)) fact.agent_id ??= AGENT_ID;
}

function readCrew(record: RecordView, fact: FactDraft): void {
  fact.kind = 'workflow';
  fact.operation = 'invoke_workflow';
  if (record.has(CREW_NAME)) fact.workflow_name ??= CREW_NAME;
  if (record.has(USAGE_METRICS)) fillFromUsageObject(fact, dataOf(record, USAGE_METRICS));
  else if (record.has(TOKEN_USAGE)) fillFromUsageObject(fact, fieldsOf(record.text(TOKEN_USAGE)));
}

const FIELD = /(\w+)=(\d{1,15})\b/g;

/** `total_tokens=450 prompt_tokens=360 …`, as Pydantic prints a model. */
function fieldsOf(text: string | null): Record<string, number> {
  const found = (text ?? '').slice(0, 1024).matchAll(FIELD);
  return Object.fromEntries([...found].map(([, name, count]) => [name, Number(count)]));
}
