// Strands Agents, Python and JavaScript, also as Bedrock AgentCore runs them. The agent's span sums
// over the lifetime of the agent; the name of the provider is its own, so the model tells who bills.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { hasUsage, nanoseconds, NS_PER_MS } from '../reading/figures.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION = attribute('gen_ai.operation.name');
const MODEL = attribute('gen_ai.request.model');
const FIRST_TOKEN_MS = attribute('gen_ai.server.time_to_first_token');
const TOOL_STATUS = attribute('gen_ai.tool.status');
const RUNTIME = attribute('aws.bedrock.agentcore.runtime.id');

/** Operations of its own. */
const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['execute_event_loop_cycle', ['step', 'execute_event_loop_cycle']],
  ['invoke_swarm', ['workflow', 'invoke_workflow']],
  ['invoke_graph', ['workflow', 'invoke_workflow']],
  ['invoke_multi_agent', ['workflow', 'invoke_workflow']],
]);

export const strands: Dialect = {
  name: 'strands',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal !== 'span' || !record.has(OPERATION)) return false;
    return record.scope.startsWith('strands') || record.scope.startsWith('@strands-agents/');
  },

  read(record, fact) {
    readGenAi(record, fact);
    const own = KINDS.get(record.text(OPERATION) ?? '');
    if (own !== undefined) [fact.kind, fact.operation] = own;
    fact.framework = 'strands-agents';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    if (fact.kind === 'llm') readCall(record, fact);
    else if (hasUsage(fact)) addMark(fact, 'cumulative');
    if (record.has(RUNTIME)) fact.agent_id ??= RUNTIME;
    if (record.text(TOOL_STATUS) === 'error') fact.status = 'error';
    return true;
  },
};

function readCall(record: RecordView, fact: FactDraft): void {
  fact.provider = fact.provider || vendorOf(record.text(MODEL) ?? '');
  const first_ns = nanoseconds(record.number(FIRST_TOKEN_MS), NS_PER_MS);
  fact.time_to_first_chunk_ns = first_ns;
  // Every call is streamed within, so the time is no sign of what the user asked for.
  if (hasUsage(fact)) addMark(fact, 'answered');
}

const VENDORS: readonly (readonly [model: RegExp, provider: string])[] = [
  [/^(?:[a-z]{2,4}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\./, 'aws.bedrock'],
  [/^arn:aws/, 'aws.bedrock'],
  [/^(?:gpt-|o\d|chatgpt-)/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^gemini/, 'gcp.gemini'],
  [/^(?:mistral|codestral|ministral|magistral|pixtral)/, 'mistral_ai'],
  [/^([a-z_]+)\//, ''],
]; // prettier-ignore

/** `openai/gpt-4o` names it; else what such a name belongs to. */
function vendorOf(model: string): string | null {
  const found = VENDORS.find(([pattern]) => pattern.test(model));
  if (found === undefined) return null;
  return found[1] === '' ? (/^([a-z_]+)\//.exec(model)?.[1] ?? null) : found[1];
}
