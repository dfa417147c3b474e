// One word per provider, per finish reason and per operation, whatever an emitter calls it.

import type { Kind } from '../fact.ts';
import { remembered } from './remembered.ts';

const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['az.ai.openai', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['azure-openai', 'azure.ai.openai'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['aws', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['aws_bedrock', 'aws.bedrock'],
  ['vertexai', 'gcp.vertex_ai'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['googleai', 'gcp.gemini'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['google_vertexai', 'gcp.vertex_ai'],
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['google-gla', 'gcp.gemini'],
  ['google_genai', 'gcp.gemini'],
  ['google-genai', 'gcp.gemini'],
  ['xai', 'x_ai'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['moonshot', 'moonshot_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
]);

/** Names that emitters write where the provider belongs, but that bill nobody. */
const FRAMEWORKS: ReadonlySet<string> = new Set([
  'strands-agents',
  'langchain',
  'spring_ai',
  'langgraph',
  'gcp.vertex.agent',
  'crewai',
  'autogen',
  'haystack',
  'llamaindex',
  'llama_index',
  'microsoft.agent_framework',
  'microsoft.agents',
  'pydantic-ai',
  'semantic_kernel',
  'smolagents',
  'agno',
  'litellm',
]);

/** Interfaces of a provider that stand behind its name, as in `openai.responses`. */
const INTERFACES: ReadonlySet<string> = new Set([
  'chat', 'responses', 'completion', 'messages', 'embedding', 'embeddings', 'image', 'speech',
  'transcription', 'generative-ai',
]); // prettier-ignore

function withoutInterface(word: string): string {
  const dot = word.lastIndexOf('.');
  return dot > 0 && INTERFACES.has(word.slice(dot + 1)) ? word.slice(0, dot) : word;
}

export interface Provider {
  readonly provider: string;
  readonly framework: string;
}

/** `OpenAI` and `openai` are one provider; a framework's name is kept apart. */
export const providerOf = remembered((text: string): Provider => {
  const word = withoutInterface(text.trim().toLowerCase());
  if (FRAMEWORKS.has(word)) return { provider: '', framework: word };
  return { provider: PROVIDERS.get(word) ?? word, framework: '' };
});

const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['tool_calls', 'tool_call'],
  ['tool-calls', 'tool_call'],
  ['tool_use', 'tool_call'],
  ['tooluse', 'tool_call'],
  ['function_call', 'tool_call'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['completed', 'stop'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['content-filter', 'content_filter'],
  ['safety', 'content_filter'],
  ['refusal', 'content_filter'],
]);

/** `FinishReason.STOP`, as Python prints a member of an enum. */
const ENUM_PREFIX = /^[a-z]+\./;

/** stop, length, content_filter, tool_call, error, or the provider's own word in lower case. */
export const finishReasonOf = remembered((text: string): string => {
  const word = text.trim().toLowerCase().replace(ENUM_PREFIX, '');
  return FINISH_REASONS.get(word) ?? word;
});

const OPERATION_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['chat', 'llm'],
  ['generate_content', 'llm'],
  ['text_completion', 'llm'],
  ['completion', 'llm'],
  ['acompletion', 'llm'],
  ['response', 'llm'],
  ['responses', 'llm'],
  ['aresponses', 'llm'],
  ['message', 'llm'],
  ['llm_call', 'llm'],
  ['decide', 'llm'],
  ['moderation', 'guardrail'],
  ['embeddings', 'embedding'],
  ['embedding', 'embedding'],
  ['aembedding', 'embedding'],
  ['rerank', 'rerank'],
  ['arerank', 'rerank'],
  ['retrieval', 'retrieval'],
  ['execute_tool', 'tool'],
  ['tool_call', 'tool'],
  ['invoke_agent', 'agent'],
  ['agent_call', 'agent'],
  ['create_agent', 'step'],
  ['agent_step', 'step'],
  ['handoff', 'step'],
  ['invoke_workflow', 'workflow'],
  ['plan', 'plan'],
  ['search_memory', 'memory'],
  ['create_memory', 'memory'],
  ['update_memory', 'memory'],
  ['upsert_memory', 'memory'],
  ['delete_memory', 'memory'],
  ['create_memory_store', 'memory'],
  ['delete_memory_store', 'memory'],
]);

/** The kind that an operation name stands for, or null when the name says nothing. */
export const kindOfOperation = remembered((operation: string): Kind | null => {
  return OPERATION_KINDS.get(operation.trim().toLowerCase()) ?? null;
});
