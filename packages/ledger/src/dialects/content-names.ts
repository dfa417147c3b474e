// Under which names emitters write content: prompts, answers, what tools were given and gave back.
// Judged once for each name, when it is first seen; figures are read from a record before this counts.

/**
 * How a name counts. `always`: content in any record. `in_gen_ai`: only where a dialect has claimed
 * the record, as other programs use the word too. `by_size`: there, when it is long. `never`: not
 * even then. Numbers, because each key of an attribute map keeps one.
 */
export const CONTENT = { by_size: 0, always: 1, in_gen_ai: 2, never: 3 } as const;

const ALWAYS: ReadonlySet<string> = new Set([
  // The conventions, old and new, and what others write in their namespace.
  ...['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions'],
  ...['gen_ai.tool.definitions', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'],
  ...['gen_ai.tool.args', 'gen_ai.tool.input', 'gen_ai.tool.output', 'gen_ai.tool.message'],
  ...[
    'gen_ai.prompt',
    'gen_ai.completion',
    'gen_ai.event.content',
    'gen_ai.input',
    'gen_ai.output',
  ],
  ...['gen_ai.retrieval.documents', 'gen_ai.retrieval.query.text', 'gen_ai.memory.records'],
  ...['gen_ai.memory.query.text', 'gen_ai.task.input', 'gen_ai.task.output'],
  ...['gen_ai.workflow.input', 'gen_ai.workflow.output', 'gen_ai.request.messages'],
  ...['gen_ai.request.available_tools', 'gen_ai.response.text', 'gen_ai.response.tool_calls'],
  // Our own: what runs were given and made, and what a generation was asked for and made.
  ...['spanledger.input', 'spanledger.output', 'spanledger.generation.agent_schema'],
  ...['spanledger.generation.identified_skills', 'spanledger.generation.validation_errors'],
  // OpenInference.
  ...['input.value', 'output.value', 'llm.prompts', 'llm.completions', 'llm.messages'],
  ...['llm.prompt_template.template', 'llm.prompt_template.variables', 'embedding.text'],
  ...['tool.parameters', 'reranker.query'],
  // Vercel's AI SDK.
  ...['ai.prompt', 'ai.prompt.messages', 'ai.prompt.tools', 'ai.response.text'],
  ...['ai.response.toolCalls', 'ai.response.object', 'ai.response.reasoning', 'ai.response.files'],
  ...['ai.result.text', 'ai.result.toolCalls', 'ai.result.object', 'ai.schema'],
  ...['ai.toolCall.args', 'ai.toolCall.result', 'ai.value', 'ai.values', 'ai.embedding'],
  'ai.embeddings',
  // One emitter each.
  ...['traceloop.entity.input', 'traceloop.entity.output'],
  ...['langfuse.observation.input', 'langfuse.observation.output'],
  ...['langfuse.trace.input', 'langfuse.trace.output'],
  ...['lmnr.span.input', 'lmnr.span.output', 'genkit:input', 'genkit:output'],
  ...['mlflow.spanInputs', 'mlflow.spanOutputs', 'mlflow.chat.messages', 'mlflow.chat.tools'],
  ...['mlflow.chunk.value', 'pydantic_ai.all_messages', 'all_messages_events'],
  ...['gcp.vertex.agent.llm_request', 'gcp.vertex.agent.llm_response', 'gcp.vertex.agent.data'],
  ...['gcp.vertex.agent.tool_call_args', 'gcp.vertex.agent.tool_response'],
  ...['crewai.crew.tasks_output', 'crewai.crew.tasks', 'crewai.crew.agents', 'crewai.crew.result'],
  ...['spring.ai.tool.call.arguments', 'spring.ai.tool.call.result'],
  ...['braintrust.input', 'braintrust.input_json', 'braintrust.output', 'braintrust.output_json'],
  ...['agent.messages', 'agent.messages.ui', 'agent.instructions', 'agent.stateSnapshot'],
  ...['lk.chat_ctx', 'lk.instructions', 'lk.user_input', 'lk.user_transcript', 'lk.response.text'],
  ...['lk.response.function_calls', 'lk.function_tools'],
  ...['lk.function_tool.arguments', 'lk.function_tool.output'],
]);

const ALWAYS_LIKE: readonly RegExp[] = [
  /^gen_ai\.(prompt|completion)\.\d+\./,
  /^gen_ai\.prompt\.variable\./,
  /^llm\.(input_messages|output_messages|prompts|completions|tools|request\.functions)\./,
  /^(retrieval\.documents|reranker\.(input|output)_documents|embedding\.embeddings)\./,
  /^llm\.(?!usage\.|token_count\.|tokens\.|cost\.)[\w-]+\.(messages|contents?|system|tools|choices|input|output|candidates|data|stringified_raw_response)$/,
  /^mastra\.\w+\.(input|output)$/,
  /^haystack\..*(input|output|input_data|output_data)$/,
  /^lk\.pii\./,
];

/** Words that anybody may use. */
const IN_GEN_AI: ReadonlySet<string> = new Set([
  ...['input', 'output', 'prompt', 'completion', 'response', 'messages', 'message', 'content'],
  ...['text', 'query', 'arguments', 'args', 'result', 'tools', 'events', 'chunks', 'embeddings'],
  ...[
    'tool_arguments',
    'tool_response',
    'tool_result',
    'tool_input',
    'tool_output',
    'function_args',
  ],
  ...['user_prompt', 'system_prompt', 'request_data', 'response_data', 'raw_input', 'raw_output'],
  ...['request_text', 'response_text', 'model_request_parameters', 'final_result', 'crew_tasks'],
  ...['crew_agents', 'tool.result', 'response.raw.choices', 'response.message.blocks'],
  ...['additional_kwargs.tools', 'new_context'],
]);

/** What went wrong is told where the record is, however long it is. */
const NEVER = /^(exception|error)\./;

export function contentName(name: string): (typeof CONTENT)[keyof typeof CONTENT] {
  if (ALWAYS.has(name) || ALWAYS_LIKE.some((like) => like.test(name))) return CONTENT.always;
  if (IN_GEN_AI.has(name)) return CONTENT.in_gen_ai;
  return NEVER.test(name) ? CONTENT.never : CONTENT.by_size;
}
