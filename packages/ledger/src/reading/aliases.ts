// The names under which emitters write one and the same figure. The first that is present wins;
// aliases are never added to each other.

import { type Aliases, aliases as names, type RecordView } from '../dialect.ts';

export const INPUT_TOKENS = names(
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'llm.usage.prompt_tokens',
  'llm.token_count.prompt',
  'ai.usage.inputTokens',
  'ai.usage.promptTokens',
  'ai.usage.tokens',
);

export const OUTPUT_TOKENS = names(
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'llm.usage.completion_tokens',
  'llm.token_count.completion',
  'ai.usage.outputTokens',
  'ai.usage.completionTokens',
);

export const TOTAL_TOKENS = names(
  'gen_ai.usage.total_tokens',
  'llm.usage.total_tokens',
  'llm.token_count.total',
  'ai.usage.totalTokens',
);

export const CACHE_READ_TOKENS = names(
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.input_tokens.cached',
  'gen_ai.usage.prompt_tokens_details.cache_read',
  'gen_ai.usage.details.cache_read_tokens',
  'gen_ai.usage.details.cache_read_input_tokens',
  'gen_ai.usage.details.cached_tokens',
  'gen_ai.usage.details.cached_content_tokens',
  'llm.token_count.prompt_details.cache_read',
  'llm.usage.cached_tokens',
  'metadata.usage.cached_prompt_tokens',
  'ai.usage.inputTokenDetails.cacheReadTokens',
  'ai.usage.cachedInputTokens',
);

export const CACHE_WRITE_TOKENS = names(
  'gen_ai.usage.cache_write.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.cache_write_input_tokens',
  'gen_ai.usage.input_tokens.cache_write',
  'gen_ai.usage.prompt_tokens_details.cache_write',
  'gen_ai.usage.details.cache_write_tokens',
  'gen_ai.usage.details.cache_creation_input_tokens',
  'llm.token_count.prompt_details.cache_write',
  'ai.usage.inputTokenDetails.cacheWriteTokens',
);

export const CACHE_WRITE_5M_TOKENS = names(
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
  'gen_ai.usage.cache_creation.5m_input_tokens',
);

export const CACHE_WRITE_1H_TOKENS = names(
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
  'gen_ai.usage.cache_creation.1h_input_tokens',
);

export const REASONING_TOKENS = names(
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.output_tokens.reasoning',
  'gen_ai.usage.reasoning_output_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning',
  'gen_ai.usage.details.reasoning_tokens',
  'gen_ai.usage.details.thoughts_tokens',
  'gen_ai.usage.experimental.reasoning_tokens',
  'llm.usage.reasoning_tokens',
  'llm.token_count.completion_details.reasoning',
  'ai.usage.outputTokenDetails.reasoningTokens',
  'ai.usage.reasoningTokens',
);

export const AUDIO_INPUT_TOKENS = names(
  'gen_ai.usage.audio.input_tokens',
  'gen_ai.usage.audio_input_tokens',
  'gen_ai.usage.details.input_audio_tokens',
  'llm.token_count.prompt_details.audio',
);

export const AUDIO_OUTPUT_TOKENS = names(
  'gen_ai.usage.audio.output_tokens',
  'gen_ai.usage.audio_output_tokens',
  'gen_ai.usage.details.output_audio_tokens',
  'llm.token_count.completion_details.audio',
);

export const IMAGE_INPUT_TOKENS = names('gen_ai.usage.image.input_tokens');
export const IMAGE_OUTPUT_TOKENS = names('gen_ai.usage.image.output_tokens');

/** Searches that the provider ran within the call, beside its tokens. */
export const WEB_SEARCHES = names(
  'gen_ai.usage.server_tool_use.web_search_requests',
  'gen_ai.usage.details.web_search_requests',
);

/** A usage object as the provider sent it; asked after all names above. */
export const USAGE_OBJECT = names('gen_ai.usage.raw');

export const OPERATION = names('gen_ai.operation.name');

export const PROVIDER = names(
  'gen_ai.provider.name',
  'gen_ai.system',
  'llm.provider',
  'llm.system',
  'ai.model.provider',
);

export const REQUEST_MODEL = names(
  'gen_ai.request.model',
  'llm.request.model_name',
  'llm.model_name',
  'embedding.model_name',
  'reranker.model_name',
  'ai.model.id',
  'llm.model',
);

export const RESPONSE_MODEL = names(
  'gen_ai.response.model',
  'llm.response.model_name',
  'ai.response.model',
);

export const RESPONSE_ID = names('gen_ai.response.id', 'ai.response.id', 'llm.response.id');

export const FINISH_REASONS = names(
  'gen_ai.response.finish_reasons',
  'gen_ai.response.finish_reason',
  'llm.finish_reason',
  'ai.response.finishReason',
  'llm.response.finish_reason',
  'llm.response.stop_reason',
  'gen_ai.completion.0.finish_reason',
);

export const CONVERSATION = names(
  'gen_ai.conversation.id',
  'session.id',
  'langfuse.session.id',
  'traceloop.association.properties.session_id',
  'lmnr.association.properties.session_id',
  'langsmith.metadata.thread_id',
  'langsmith.metadata.session_id',
  'langsmith.metadata.conversation_id',
  'ai.telemetry.metadata.sessionId',
  'ai.telemetry.metadata.session_id',
  'ai.telemetry.metadata.conversationId',
  'ai.telemetry.metadata.threadId',
  'ai.telemetry.metadata.thread_id',
  'ai.telemetry.metadata.conversation_id',
  'ai.telemetry.metadata.chatId',
  'ai.settings.context.sessionId',
  'traceloop.association.properties.sessionId',
  'ai.settings.context.conversationId',
  'gcp.vertex.agent.session_id',
  'conversation.id',
);

export const USER = names(
  'user.id',
  'enduser.id',
  'langfuse.user.id',
  'traceloop.association.properties.user_id',
  'lmnr.association.properties.user_id',
  'gen_ai.user',
  'llm.user',
  'ai.telemetry.metadata.userId',
  'ai.telemetry.metadata.user_id',
  'ai.settings.context.userId',
  'traceloop.association.properties.userId',
);

export const AGENT_NAME = names('gen_ai.agent.name', 'agent.name', 'agent_name');
export const AGENT_ID = names('gen_ai.agent.id');
export const WORKFLOW_NAME = names('gen_ai.workflow.name', 'traceloop.workflow.name');
export const EXECUTION_ID = names(
  'spanledger.execution.id',
  'gen_ai.agent.call.id',
  'gcp.vertex.agent.invocation_id',
);

export const TOOL_NAME = names('gen_ai.tool.name', 'tool.name', 'ai.toolCall.name', 'tool_name');

export const TOOL_CALL_ID = names(
  'gen_ai.tool.call.id',
  'gen_ai.tool.call_id',
  'ai.toolCall.id',
  'tool.id',
  'tool.call.id',
  'tool_use_id',
);

export const TOOL_ARGUMENTS = names(
  'gen_ai.tool.call.arguments',
  'tool_arguments',
  'ai.toolCall.args',
  'gcp.vertex.agent.tool_call_args',
  'tool.parameters',
  'input.value',
  'traceloop.entity.input',
  'langfuse.observation.input',
  'gen_ai.tool.args',
);

export const TOOL_RESULT = names(
  'gen_ai.tool.call.result',
  'tool_response',
  'ai.toolCall.result',
  'gcp.vertex.agent.tool_response',
  'output.value',
  'traceloop.entity.output',
  'langfuse.observation.output',
);

/** What the provider answered, before what was asked for. */
export const SERVICE_TIER = names(
  'openai.response.service_tier',
  'gen_ai.openai.response.service_tier',
  'anthropic.response.service_tier',
  'spanledger.service_tier',
  'openai.request.service_tier',
  'gen_ai.openai.request.service_tier',
  'anthropic.request.service_tier',
);

/** What the emitter itself says the call cost, in US dollars; in order of trust. */
export const REPORTED_COST_USD = names(
  'llm.cost.total',
  'operation.cost',
  'gen_ai.usage.cost',
  'gen_ai.cost.total_cost',
  'litellm.cost.total',
  'usage.cost',
  'gen_ai.usage.total_cost',
  'opencode.llm.cost.total',
);

/** The count under the first name that is present. */
export function countOf(record: RecordView, aliases: Aliases): number | null {
  const alias = record.first(aliases);
  return alias === null ? null : record.count(alias);
}

/** The text under the first name that is present; '' when none is. */
export function textOf(record: RecordView, aliases: Aliases): string {
  const alias = record.first(aliases);
  return (alias === null ? null : record.text(alias)) ?? '';
}
