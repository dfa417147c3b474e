// LiveKit Agents: a request of a language model is one span by the conventions' names, with a span
// for each try beneath it; figures that its plugin did not learn are written as 0.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { hasUsage } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';

const TOOL_NAME = attribute('lk.function_tool.name');
const TOOL_ID = attribute('lk.function_tool.id');
const TOOL_FAILED = attribute('lk.function_tool.is_error');
const TOOL_ARGUMENTS = attribute('lk.function_tool.arguments');
const HIDDEN_ARGUMENTS = attribute('lk.pii.function_tool.arguments');
const TOOL_OUTPUT = attribute('lk.function_tool.output');
const HIDDEN_OUTPUT = attribute('lk.pii.function_tool.output');
const METRICS = attribute('lk.llm_metrics');
const REALTIME_METRICS = attribute('lk.realtime_model_metrics');
const RETRY_COUNT = attribute('lk.retry_count');
const AGENT_NAME = attribute('lk.agent_name');
const AGENT_LABEL = attribute('lk.agent_label');
const JOB = attribute('lk.job_id');
const ROOM = attribute('lk.room_name');
const FIRST_TOKEN = attribute('lk.response.ttft');
const SPEECH = attribute('lk.speech_id');
const MARKERS = [
  TOOL_NAME, METRICS, REALTIME_METRICS, RETRY_COUNT, AGENT_LABEL, JOB, FIRST_TOKEN, SPEECH,
]; // prettier-ignore

export const liveKit: Dialect = {
  name: 'livekit',
  recognises_by: 'shape',

  recognises(record) {
    if (record.scope === 'livekit-agents' || record.scope === '@livekit/agents') return true;
    return MARKERS.some((name) => record.has(name));
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (record.has(AGENT_NAME)) fact.agent_name ??= AGENT_NAME;
    if (record.has(ROOM)) fact.conversation_id ??= ROOM;
    if (record.has(TOOL_NAME)) readTool(record, fact);
    else readCall(record, fact);
    return true;
  },
};

/** Versions before the conventions' names kept the figures in their metrics alone. */
function readCall(record: RecordView, fact: FactDraft): void {
  const name = record.has(METRICS) ? METRICS : REALTIME_METRICS;
  const told = record.has(name);
  if (told && !hasUsage(fact)) {
    const metrics = record.json(name);
    if (isObject(metrics)) fillFromUsageObject(fact, metrics);
  }
  if (told || record.name === 'llm_request') fact.kind = 'llm';
  else if (fact.kind === 'llm' && !hasUsage(fact)) fact.kind = 'step';
}

function readTool(record: RecordView, fact: FactDraft): void {
  fact.kind = 'tool';
  fact.tool_name = TOOL_NAME;
  fact.tool_call_id = record.has(TOOL_ID) ? TOOL_ID : fact.tool_call_id;
  fact.tool_arguments_bytes ??= record.bytes(TOOL_ARGUMENTS) ?? record.bytes(HIDDEN_ARGUMENTS);
  fact.tool_result_bytes ??= record.bytes(TOOL_OUTPUT) ?? record.bytes(HIDDEN_OUTPUT);
  if (record.flag(TOOL_FAILED) === true) fact.status = 'error';
}
