// Under which names emitters keep what a model answered, and how it lies there. Read only to judge
// answers: no figure depends on it.

/**
 * `text`: the answer itself. `data`: an answer as JSON, as Python printed it, or plain. `last`: a list of
 * turns, of which the last counts.
 */
export type AnswerForm = 'text' | 'data' | 'last';

export interface AnswerName {
  readonly name: string;
  readonly form: AnswerForm;
}

const text = (...names: readonly string[]): AnswerName[] =>
  names.map((name) => ({ name, form: 'text' }));
const data = (...names: readonly string[]): AnswerName[] =>
  names.map((name) => ({ name, form: 'data' }));
const last = (...names: readonly string[]): AnswerName[] =>
  names.map((name) => ({ name, form: 'last' }));

/** Before those of one emitter: answers that are written as many attributes, a text each. */
export const ANSWER_PARTS: readonly RegExp[] = [
  /^gen_ai\.completion\.\d+\.content$/,
  /^llm\.output_messages\.\d+\.message\.content(?:\.\d+)?$/,
  /^llm\.output_messages\.\d+\.message\.contents\.\d+\.message_content\.text$/,
];

/** That tools were called, where the text may be missing. */
export const TOOL_CALL_PARTS: readonly RegExp[] = [
  /^gen_ai\.completion\.\d+\.(?:tool_calls|function_call)\./,
  /^llm\.output_messages\.\d+\.message\.(?:tool_calls|function_call|contents\.\d+\.tool_call)/,
  /^ai\.(?:response|result)\.toolCalls$/,
  /^gen_ai\.response\.tool_calls$/,
  /^lk\.response\.function_calls$/,
  /^spanledger\.tool_calls\.count$/,
];

/** In the order in which they are asked: the conventions first, then what only one emitter writes. */
export const ANSWER_NAMES: readonly AnswerName[] = [
  ...data('gen_ai.output.messages'),
  ...text('ai.response.text', 'ai.response.object', 'ai.result.text', 'ai.result.object'),
  ...text('gen_ai.response.text', 'lk.response.text', 'response_text'),
  ...data('gen_ai.completion', 'gen_ai.output', 'langfuse.observation.output', 'genkit:output'),
  ...data('mlflow.spanOutputs', 'gcp.vertex.agent.llm_response', 'braintrust.output_json'),
  ...data('braintrust.output', 'lmnr.span.output', 'haystack.component.output'),
  ...data(
    'mastra.model_generation.output',
    'response_data',
    'output.value',
    'output',
    'completion',
  ),
  ...data('response', 'response.raw.choices'),
  ...last('events', 'all_messages_events'),
];

/** Span events and log records that hold an answer, and under which names. */
export const ANSWER_EVENTS: readonly string[] = [
  ...['gen_ai.choice', 'gen_ai.content.completion', 'LLMChatEndEvent'],
  'gen_ai.client.inference.operation.details',
];
export const EVENT_NAMES: readonly string[] = [
  ...['gen_ai.output.messages', 'gen_ai.completion', 'message', 'content', 'response.raw.choices'],
  'gen_ai.event.content',
];

/** What says that JSON was asked for: the name, and what its value must hold. */
export const JSON_ASKED: readonly (readonly [name: string, value: RegExp])[] = [
  ['gen_ai.output.type', /^json$/],
  ['gen_ai.request.structured_output_schema', /^\s*\{/],
  ['gen_ai.openai.request.response_format', /json/],
  ['gen_ai.request.response_format', /json/],
  ['llm.invocation_parameters', /"response_format"\s*:\s*\{\s*"type"\s*:\s*"json/],
  ['ai.response.object', /^\s*[[{]/],
  ['ai.settings.output', /^(?:object|array|enum)$/],
];

/** Which attributes have to be read for a verdict, as a pattern that RE2 knows, too. */
export const ANSWER_PATTERN: string = [
  ...[...ANSWER_NAMES.map(({ name }) => name), ...EVENT_NAMES].map(exactly),
  ...JSON_ASKED.map(([name]) => exactly(name)),
  ...[...ANSWER_PARTS, ...TOOL_CALL_PARTS].map(({ source }) => source),
  '^spanledger\\.quality\\.',
].join('|');

/** What a model was given, under any name: as a pattern for telling equal requests. */
export const REQUEST_PATTERN: string = [
  ...[
    ...['gen_ai.input.messages', 'gen_ai.system_instructions', 'gen_ai.prompt'],
    ...['gen_ai.request.messages', 'ai.prompt.messages', 'ai.prompt', 'input.value', 'input'],
    ...['langfuse.observation.input', 'genkit:input', 'mlflow.spanInputs', 'request_data'],
    ...['gcp.vertex.agent.llm_request', 'lk.chat_ctx', 'braintrust.input', 'braintrust.input_json'],
    ...['lmnr.span.input', 'prompt', 'messages'],
  ].map(exactly),
  String.raw`^gen_ai\.prompt\.\d+\.`,
  String.raw`^llm\.(?:input_messages|prompts)\.`,
].join('|');

function exactly(name: string): string {
  return `^${name.replaceAll('.', '\\.')}$`;
}
