// What each scenario of each client leaves: one span for each HTTP call that is billed, or that
// failed. Undefined means that the span says nothing of it.

export interface Expected {
  attributes: Readonly<Record<string, unknown>>;
  failed?: boolean;
  /** Spans of this model; one when left out. */
  spans?: number;
}

/** Any text: what Node calls a connection that broke differs from version to version. */
const ANY = /./;

type Table = Readonly<Record<string, Expected>>;

const usage = (input: number, output: number, more: object = {}) => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
  ...more,
});
const NO_USAGE = {
  'gen_ai.usage.input_tokens': undefined,
  'gen_ai.usage.output_tokens': undefined,
};
const ended = (reason: string) => ({ 'gen_ai.response.finish_reasons': [reason] });
const CACHED = { 'gen_ai.usage.cache_read.input_tokens': 100 };
const TOOLS = {
  'spanledger.tools.count': 1,
  'spanledger.tools.names': ['weather'],
  'spanledger.tool_calls.count': 1,
  'spanledger.tool_calls.names': ['weather'],
};
const streamed = (chunks: number) => ({
  'gen_ai.request.stream': true,
  'spanledger.stream.chunks': chunks,
  'spanledger.stream.aborted': undefined,
});
const left = (chunks: number) => ({
  ...streamed(chunks),
  'spanledger.stream.aborted': true,
});
const failed = (type: string, status?: number): Expected => ({
  attributes: { ...NO_USAGE, 'error.type': type, 'http.response.status_code': status },
  failed: true,
});
const ABORTED: Expected = {
  attributes: { ...NO_USAGE, 'error.type': undefined, 'spanledger.stream.aborted': true },
};
const EMBEDDED = {
  'gen_ai.operation.name': 'embeddings',
  'gen_ai.embeddings.dimension.count': 3,
  'gen_ai.usage.output_tokens': undefined,
};

/** Its cache is in the prompt's figure; tools and thoughts are beside those of prompt and answer. */
const GEMINI = usage(127, 30, { ...CACHED, 'gen_ai.usage.reasoning.output_tokens': 12 });

const GOOGLE: Table = {
  'm-whole': {
    attributes: {
      ...GEMINI,
      ...ended('stop'),
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.top_k': 3,
      'gen_ai.request.stop_sequences': ['.'],
      'gen_ai.response.model': 'm-whole-2026',
    },
  },
  'm-stream': { attributes: { ...GEMINI, ...ended('stop'), ...streamed(3) } },
  'm-tool': { attributes: { ...GEMINI, ...ended('tool_call'), ...TOOLS } },
  'm-tool-auto': { attributes: { ...GEMINI, 'spanledger.tools.count': 1 }, spans: 2 },
  'm-tool-stream': { attributes: { ...GEMINI, ...ended('tool_call'), ...TOOLS, ...streamed(3) } },
  'm-media': {
    attributes: {
      ...usage(17_713, 889),
      'gen_ai.usage.cache_read.input_tokens': 17_379,
      'gen_ai.usage.audio.input_tokens': 1917,
      'gen_ai.usage.audio.cache_read.input_tokens': 1881,
    },
  },
  'm-blocked': { attributes: { ...GEMINI, ...ended('content_filter') } },
  'm-length': { attributes: { ...GEMINI, ...ended('length') } },
  'm-chats': { attributes: { ...GEMINI, ...ended('stop') }, spans: 2 },
  'm-break': {
    attributes: {
      ...left(2),
      'gen_ai.usage.input_tokens': 127,
      'gen_ai.usage.output_tokens': 12,
      'gen_ai.response.finish_reasons': undefined,
    },
  },
  'm-by-hand': { attributes: { ...left(1), ...NO_USAGE, 'spanledger.estimate.output_tokens': 2 } },
  'm-cut': { attributes: { ...NO_USAGE, 'error.type': ANY }, failed: true },
  'm-retry': {
    attributes: {
      ...GEMINI,
      'spanledger.attempts': 3,
      'spanledger.retries.reasons': ['429', '429'],
    },
  },
  'm-missing': failed('NOT_FOUND', 404),
  'm-abort': ABORTED,
  'm-forgotten': failed('NOT_FOUND', 404),
  'm-embed': { attributes: { ...EMBEDDED, 'gen_ai.usage.input_tokens': 8 } },
  'm-images': {
    attributes: {
      ...NO_USAGE,
      'gen_ai.output.type': 'image',
      'spanledger.images.count': 2,
    },
  },
};

const AMAZON = usage(150, 40, {
  ...CACHED,
  'gen_ai.usage.cache_write.input_tokens': 30,
});
const CONVERSE = {
  ...AMAZON,
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 30,
  'spanledger.attempts': undefined,
};
const NOVA = usage(120, 40, { ...CACHED, 'gen_ai.usage.cache_write.input_tokens': 0 });

const BEDROCK: Table = {
  'm-whole': {
    attributes: {
      ...CONVERSE,
      ...ended('stop'),
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stop_sequences': ['.'],
      'gen_ai.response.id': 'req-m-whole',
    },
  },
  'm-callback': { attributes: { ...CONVERSE, ...ended('stop') } },
  'm-tool': { attributes: { ...CONVERSE, ...ended('tool_call'), ...TOOLS } },
  'm-stream': { attributes: { ...CONVERSE, ...ended('stop'), ...streamed(6) } },
  'm-tool-stream': {
    attributes: { ...CONVERSE, ...ended('tool_call'), ...TOOLS, ...streamed(6) },
  },
  'm-break': { attributes: { ...NO_USAGE, ...left(2), 'spanledger.estimate.output_tokens': 2 } },
  'm-broken': {
    attributes: { ...NO_USAGE, 'error.type': 'ThrottlingException' },
    failed: true,
  },
  'm-retry': {
    attributes: { ...AMAZON, 'spanledger.attempts': 3, 'http.request.resend_count': 2 },
  },
  'm-missing': failed('ResourceNotFoundException', 404),
  'm-abort': ABORTED,
  'm-forgotten': failed('ResourceNotFoundException', 404),
  'anthropic.m': {
    attributes: {
      ...AMAZON,
      ...ended('stop'),
      'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 20,
      'gen_ai.request.max_tokens': 9,
      'gen_ai.response.id': 'msg_bdrk_1',
      'gen_ai.response.model': 'claude-3-haiku-20240307',
    },
  },
  'anthropic.m-stream': { attributes: { ...AMAZON, ...ended('length'), ...streamed(4) } },
  'amazon.nova-m': { attributes: { ...NOVA, ...ended('stop') } },
  'amazon.nova-m-stream': { attributes: { ...NOVA, ...ended('stop'), ...streamed(4) } },
  'amazon.titan-m': { attributes: { ...usage(28, 40), ...ended('stop') } },
  'amazon.titan-m-stream': { attributes: { ...usage(28, 40), ...ended('stop'), ...streamed(2) } },
  'amazon.titan-embed-m': { attributes: { ...EMBEDDED, 'gen_ai.usage.input_tokens': 5 } },
  'meta.llama-m': { attributes: { ...usage(28, 40), ...ended('length') } },
  'mistral.m': { attributes: { ...usage(28, 40), ...ended('stop') } },
  // It tells its figures in headers alone, which the client does not hand on.
  'cohere.command-m': { attributes: { ...usage(28, 40), ...ended('stop') } },
};

const MISTRAL_USAGE = usage(120, 30, CACHED);

const MISTRAL: Table = {
  'm-whole': {
    attributes: {
      ...MISTRAL_USAGE,
      ...ended('stop'),
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stop_sequences': ['.'],
      'gen_ai.response.id': 'id-m-whole',
      'gen_ai.response.model': 'm-whole-2026',
    },
  },
  'm-tool': { attributes: { ...MISTRAL_USAGE, ...ended('tool_call'), ...TOOLS } },
  'm-stream': { attributes: { ...MISTRAL_USAGE, ...ended('stop'), ...streamed(3) } },
  'm-tool-stream': {
    attributes: { ...MISTRAL_USAGE, ...ended('tool_call'), ...TOOLS, ...streamed(3) },
  },
  // A web stream reads one event ahead of the program.
  'm-break': { attributes: { ...NO_USAGE, ...left(2) } },
  'm-tee': { attributes: { ...MISTRAL_USAGE, ...ended('stop'), ...streamed(3) } },
  'm-reader': { attributes: { ...NO_USAGE, ...left(2) } },
  'm-cut': { attributes: { ...NO_USAGE, 'error.type': ANY }, failed: true },
  'm-broken': { attributes: { ...NO_USAGE, 'error.type': ANY }, failed: true },
  'm-fim': {
    attributes: {
      ...MISTRAL_USAGE,
      ...ended('stop'),
      'gen_ai.operation.name': 'text_completion',
    },
  },
  'm-fim-stream': {
    attributes: {
      ...MISTRAL_USAGE,
      ...ended('stop'),
      ...streamed(3),
      'gen_ai.operation.name': 'text_completion',
    },
  },
  'm-retry': {
    attributes: {
      ...MISTRAL_USAGE,
      'spanledger.attempts': 3,
      'spanledger.retries.reasons': ['503', '503'],
    },
  },
  'm-missing': failed('invalid_model', 400),
  // Refused by the client itself: nothing was sent.
  'm-wrong': failed('SDKValidationError'),
  'm-abort': ABORTED,
  'm-forgotten': failed('invalid_model', 400),
  'm-embed': { attributes: { ...EMBEDDED, 'gen_ai.usage.input_tokens': 8 } },
  'm-talk': {
    attributes: {
      ...usage(120, 30),
      'spanledger.usage.connector_tokens': 7,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.conversation.id': 'conv-m-talk',
      'gen_ai.response.model': 'm-talk-2026',
      'spanledger.tool_calls.names': ['web_search'],
    },
  },
  'm-talk-stream': {
    attributes: {
      ...usage(120, 30),
      ...streamed(4),
      'gen_ai.conversation.id': 'conv-m-talk-stream',
      'spanledger.tool_calls.names': ['weather'],
    },
  },
  // The model of an agent, and of a conversation that goes on, is told by the answer alone.
  undefined: {
    spans: 2,
    attributes: { ...usage(120, 30), 'gen_ai.response.model': /^m-(agent|talk-on)-2026$/ },
  },
};

const COHERE_USAGE = usage(7, 30, {
  'spanledger.usage.processed_input_tokens': 69,
  'gen_ai.usage.cache_read.input_tokens': undefined,
});

const COHERE: Table = {
  'm-first': {
    attributes: {
      ...COHERE_USAGE,
      ...ended('stop'),
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.response.id': 'id-m-first',
    },
  },
  'm-first-stream': { attributes: { ...COHERE_USAGE, ...ended('stop'), ...streamed(3) } },
  'm-first-generate': {
    attributes: {
      ...usage(7, 30),
      ...ended('length'),
      'gen_ai.operation.name': 'text_completion',
    },
  },
  'm-whole': {
    attributes: {
      ...COHERE_USAGE,
      ...ended('stop'),
      'gen_ai.request.top_p': 0.5,
      'gen_ai.request.top_k': 3,
      'gen_ai.request.stop_sequences': ['.'],
      'gen_ai.response.id': 'id-m-whole',
    },
  },
  'm-raw': { attributes: { ...COHERE_USAGE, ...ended('stop') } },
  'm-tool': { attributes: { ...COHERE_USAGE, ...ended('tool_call'), ...TOOLS } },
  'm-stream': { attributes: { ...COHERE_USAGE, ...ended('length'), ...streamed(4) } },
  'm-tool-stream': {
    attributes: { ...COHERE_USAGE, ...ended('tool_call'), ...TOOLS, ...streamed(4) },
  },
  'm-break': { attributes: { ...NO_USAGE, ...left(2), 'gen_ai.response.id': 'id-m-break' } },
  'm-cut': { attributes: { ...NO_USAGE, 'error.type': ANY }, failed: true },
  'm-missing': failed('NotFoundError', 404),
  'm-abort': ABORTED,
  'm-forgotten': failed('NotFoundError', 404),
  'm-embed': { attributes: { ...EMBEDDED, 'gen_ai.usage.input_tokens': 2 } },
  'm-rerank': {
    attributes: {
      ...NO_USAGE,
      'gen_ai.operation.name': 'rerank',
      'spanledger.usage.search_units': 1,
    },
  },
};

const LLAMA = usage(120, 30);
const TEXT = { 'gen_ai.operation.name': 'text_completion' };

const OLLAMA: Table = {
  'm-whole': {
    attributes: {
      ...LLAMA,
      ...ended('stop'),
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.response.model': 'm-whole',
    },
  },
  'm-tool': { attributes: { ...LLAMA, ...ended('tool_call'), ...TOOLS } },
  'm-stream': { attributes: { ...LLAMA, ...ended('stop'), ...streamed(3) } },
  'm-cached': {
    attributes: { 'gen_ai.usage.input_tokens': undefined, 'gen_ai.usage.output_tokens': 30 },
  },
  'm-break': { attributes: { ...NO_USAGE, ...left(1), 'spanledger.estimate.output_tokens': 2 } },
  'm-abort': { attributes: { ...NO_USAGE, ...left(1) } },
  'm-cut': { attributes: { ...NO_USAGE, 'error.type': ANY }, failed: true },
  'm-broken': { attributes: { ...NO_USAGE, 'error.type': 'Error' }, failed: true },
  'm-again': { attributes: { ...LLAMA, ...streamed(3) } },
  'm-generate': { attributes: { ...LLAMA, ...ended('stop'), ...TEXT } },
  'm-generate-stream': { attributes: { ...LLAMA, ...ended('stop'), ...streamed(3), ...TEXT } },
  'm-missing': failed('ResponseError', 404),
  'm-forgotten': failed('ResponseError', 404),
  'm-embed': { attributes: { ...EMBEDDED, 'gen_ai.usage.input_tokens': 8 } },
};

/** What some versions of the clients do otherwise, or do not hand on. */
export const OTHERWISE: Readonly<Record<string, Table>> = {
  'google-genai-1-0': { 'm-retry': failed('RESOURCE_EXHAUSTED', 429) },
  'google-genai-1': { 'm-retry': failed('RESOURCE_EXHAUSTED', 429) },
  // From 2 on the client makes images on Vertex alone.
  'google-genai-2': { 'm-images': failed('Error') },
  'google-genai-3': { 'm-images': failed('Error') },
};

/** Attributes that a version of a client keeps to itself. */
export const UNTOLD: Readonly<Record<string, readonly string[]>> = {
  'google-genai-1-0': ['gen_ai.response.id'],
  'mistral-1': ['gen_ai.usage.cache_read.input_tokens'],
};

export const EXPECTED = {
  'google-genai': GOOGLE,
  bedrock: BEDROCK,
  mistral: MISTRAL,
  cohere: COHERE,
  ollama: OLLAMA,
};
