// The names of OpenTelemetry's GenAI conventions that we write, as of autumn 2026: our own copy,
// because no released package carries the current ones.

export const SCHEMA_URL = 'https://opentelemetry.io/schemas/gen-ai-dev/1.42.0-dev';

export const OPERATION_NAME = 'gen_ai.operation.name';
export const PROVIDER_NAME = 'gen_ai.provider.name';
export const CONVERSATION_ID = 'gen_ai.conversation.id';

export const AGENT_NAME = 'gen_ai.agent.name';
export const AGENT_ID = 'gen_ai.agent.id';
export const AGENT_DESCRIPTION = 'gen_ai.agent.description';
export const AGENT_VERSION = 'gen_ai.agent.version';
export const WORKFLOW_NAME = 'gen_ai.workflow.name';

export const TOOL_NAME = 'gen_ai.tool.name';
export const TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const TOOL_DESCRIPTION = 'gen_ai.tool.description';
export const TOOL_TYPE = 'gen_ai.tool.type';
export const TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
export const PROMPT_NAME = 'gen_ai.prompt.name';
export const MCP_METHOD_NAME = 'mcp.method.name';
export const MCP_SESSION_ID = 'mcp.session.id';
export const DATA_SOURCE_ID = 'gen_ai.data_source.id';

export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const REQUEST_SEED = 'gen_ai.request.seed';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const REQUEST_TOP_K = 'gen_ai.request.top_k';
export const REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const REQUEST_REASONING_LEVEL = 'gen_ai.request.reasoning.level';
export const REQUEST_PREVIOUS_RESPONSE_ID = 'gen_ai.request.previous_response.id';
export const REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const OUTPUT_TYPE = 'gen_ai.output.type';
export const EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';

export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_STATUS = 'gen_ai.response.status';
export const RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
/** In seconds. */
export const RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';

/** Every input token, the cached ones included. */
export const USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
/** Every output token, the reasoning ones included. */
export const USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const USAGE_CACHE_READ_INPUT_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
export const USAGE_CACHE_WRITE_INPUT_TOKENS = 'gen_ai.usage.cache_write.input_tokens';
export const USAGE_REASONING_OUTPUT_TOKENS = 'gen_ai.usage.reasoning.output_tokens';
export const USAGE_AUDIO_INPUT_TOKENS = 'gen_ai.usage.audio.input_tokens';
export const USAGE_AUDIO_OUTPUT_TOKENS = 'gen_ai.usage.audio.output_tokens';
export const USAGE_AUDIO_CACHE_READ_INPUT_TOKENS = 'gen_ai.usage.audio.cache_read.input_tokens';
export const USAGE_IMAGE_CACHE_READ_INPUT_TOKENS = 'gen_ai.usage.image.cache_read.input_tokens';
export const USAGE_IMAGE_INPUT_TOKENS = 'gen_ai.usage.image.input_tokens';
export const USAGE_IMAGE_OUTPUT_TOKENS = 'gen_ai.usage.image.output_tokens';
export const USAGE_TEXT_INPUT_TOKENS = 'gen_ai.usage.text.input_tokens';
export const USAGE_TEXT_OUTPUT_TOKENS = 'gen_ai.usage.text.output_tokens';
export const USAGE_CACHE_WRITE_5M_INPUT_TOKENS =
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens';
export const USAGE_CACHE_WRITE_1H_INPUT_TOKENS =
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens';

export const INPUT_MESSAGES = 'gen_ai.input.messages';
export const OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const SYSTEM_INSTRUCTIONS = 'gen_ai.system_instructions';
export const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';

export const OPENAI_API_TYPE = 'openai.api.type';
export const OPENAI_REQUEST_SERVICE_TIER = 'openai.request.service_tier';
export const OPENAI_RESPONSE_SERVICE_TIER = 'openai.response.service_tier';
export const OPENAI_RESPONSE_SYSTEM_FINGERPRINT = 'openai.response.system_fingerprint';
export const ANTHROPIC_REQUEST_SERVICE_TIER = 'anthropic.request.service_tier';
export const ANTHROPIC_RESPONSE_SERVICE_TIER = 'anthropic.response.service_tier';
export const ANTHROPIC_STOP_REASON = 'anthropic.message.stop_reason';

export const AWS_REQUEST_ID = 'aws.request_id';
export const AWS_BEDROCK_GUARDRAIL_ID = 'aws.bedrock.guardrail.id';

export const ERROR_TYPE = 'error.type';
export const HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
/** Requests sent beyond the first; absent when there was one. */
export const HTTP_REQUEST_RESEND_COUNT = 'http.request.resend_count';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const USER_ID = 'user.id';
