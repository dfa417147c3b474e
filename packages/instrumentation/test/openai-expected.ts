// What the span of each scenario of the openai client says; undefined means that it says nothing.
// `since` and `until` are majors of the client: what it can do differs.

export interface Expected {
  attributes: Record<string, unknown>;
  since?: number;
  /** Spans of this scenario; one, where nothing else is said. */
  spans?: number;
  failed?: boolean;
  /** A span beside that of the scenario which it names. */
  beside?: string;
}

const USAGE = {
  'gen_ai.usage.input_tokens': 120,
  'gen_ai.usage.cache_read.input_tokens': 100,
  'gen_ai.usage.output_tokens': 30,
  'gen_ai.usage.reasoning.output_tokens': 12,
  'spanledger.estimate.output_tokens': undefined,
};
const NO_USAGE = {
  'gen_ai.usage.input_tokens': undefined,
  'gen_ai.usage.output_tokens': undefined,
};
const ONCE = { 'spanledger.attempts': undefined, 'spanledger.retries.reasons': undefined };
const STOP = { 'gen_ai.response.finish_reasons': ['stop'] };
const TOOLS = {
  'spanledger.tools.count': 1,
  'spanledger.tools.names': ['weather'],
};
const TOOL_CALL = {
  ...TOOLS,
  'gen_ai.response.finish_reasons': ['tool_call'],
  'spanledger.tool_calls.count': 1,
  'spanledger.tool_calls.names': ['weather'],
  'spanledger.tool_calls.sizes': [15],
};
const STREAM = { 'gen_ai.request.stream': true, 'spanledger.stream.aborted': undefined };
const CUT = { 'gen_ai.request.stream': true, 'spanledger.stream.aborted': true };
/** `characters` received, and a token for each four of them. */
const estimate = (characters: number): Record<string, unknown> => ({
  'spanledger.stream.characters': characters,
  'spanledger.estimate.output_tokens': Math.ceil(characters / 4),
});
const MEDIA = { 'gen_ai.operation.name': 'generate_content' };
const IMAGE = { ...MEDIA, 'gen_ai.output.type': 'image' };
const IMAGE_USAGE = {
  'gen_ai.usage.input_tokens': 50,
  'gen_ai.usage.text.input_tokens': 10,
  'gen_ai.usage.image.input_tokens': 40,
  'gen_ai.usage.output_tokens': 200,
  'gen_ai.usage.image.output_tokens': 200,
  'spanledger.images.size': '1024x1024',
  'spanledger.images.quality': 'high',
};
const AUDIO_USAGE = {
  'gen_ai.usage.input_tokens': 14,
  'gen_ai.usage.audio.input_tokens': 10,
  'gen_ai.usage.text.input_tokens': 4,
  'gen_ai.usage.output_tokens': 45,
};

const CHAT: Record<string, Expected> = {
  'm-chat': { attributes: { ...USAGE, ...STOP, ...ONCE, 'http.request.resend_count': undefined } },
  'm-stream': { attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 } },
  'm-stream-bare': {
    attributes: {
      ...NO_USAGE,
      ...STOP,
      ...STREAM,
      ...estimate(12),
      'spanledger.stream.chunks': 4,
    },
  },
  'm-tool': {
    attributes: {
      ...USAGE,
      ...TOOL_CALL,
      'spanledger.tools.size': 98,
      'spanledger.tools.sizes': [96],
    },
  },
  'm-tool-stream': {
    attributes: { ...USAGE, ...TOOL_CALL, ...STREAM, 'spanledger.stream.chunks': 4 },
  },
  'm-tool-cut': {
    attributes: {
      ...NO_USAGE,
      ...TOOLS,
      ...CUT,
      ...estimate(15),
      'spanledger.tool_calls.count': 1,
    },
  },
  'm-run-tools': { attributes: { ...USAGE, ...TOOLS }, spans: 2 },
  'm-run-tools-stream': { attributes: { ...USAGE, ...TOOLS, ...STREAM }, spans: 2 },
  'm-helper': { attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 } },
  'm-parse': { attributes: { ...USAGE, ...STOP, 'gen_ai.output.type': 'json' } },
  'm-length': {
    attributes: {
      ...USAGE,
      'gen_ai.response.finish_reasons': ['length'],
      'error.type': 'LengthFinishReasonError',
    },
    failed: true,
  },
  'm-tier': {
    attributes: { 'openai.request.service_tier': 'flex', 'openai.response.service_tier': 'flex' },
  },
  'm-with-response': { attributes: { ...USAGE, ...STOP } },
  'm-as-response': {
    attributes: {
      ...NO_USAGE,
      'spanledger.response.raw': true,
      'http.response.status_code': 200,
    },
  },
  'm-break': {
    attributes: {
      ...NO_USAGE,
      ...CUT,
      ...estimate(11),
      'spanledger.stream.chunks': 2,
      'gen_ai.response.finish_reasons': undefined,
      'gen_ai.response.id': 'chatcmpl-m-break',
    },
  },
  'm-tee': { attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 } },
  'm-readable': { attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 } },
  'm-abort': {
    attributes: { ...NO_USAGE, ...CUT, ...estimate(11), 'spanledger.stream.chunks': 2 },
  },
  'm-hang': {
    attributes: { ...NO_USAGE, 'error.type': undefined, 'spanledger.stream.aborted': true },
  },
  'm-cut': {
    attributes: { ...NO_USAGE, ...estimate(5), 'gen_ai.response.id': 'chatcmpl-m-cut' },
    failed: true,
  },
  'm-broken': {
    attributes: { ...NO_USAGE, ...estimate(5), 'error.type': 'server_error' },
    failed: true,
  },
  'm-twice': { attributes: { ...USAGE, ...STOP } },
  'm-turns': { attributes: { ...NO_USAGE, 'gen_ai.response.id': 'here' }, spans: 2 },
  'm-again': { attributes: { ...NO_USAGE, ...STOP, ...STREAM } },
};

const RETRIES: Record<string, Expected> = {
  'm-retry': {
    attributes: {
      ...USAGE,
      ...STOP,
      'spanledger.attempts': 3,
      'spanledger.retries.reasons': ['429', '429'],
      'http.request.resend_count': 2,
    },
  },
  'm-retry-mixed': {
    attributes: {
      ...USAGE,
      'spanledger.attempts': 3,
      // What the connection's end is called differs between Node's fetch and node-fetch.
      'spanledger.retries.reasons': ['500', /^(UND_ERR_SOCKET|ECONNRESET)$/],
    },
  },
  'm-retry-slow': {
    attributes: { ...USAGE, 'spanledger.attempts': 2, 'spanledger.retries.reasons': ['timeout'] },
  },
  // Until 7 the client waits for a body for ever.
  'm-retry-body': {
    attributes: { ...USAGE, 'spanledger.attempts': 2, 'spanledger.retries.reasons': ['unknown'] },
    since: 7,
  },
  'm-refused': {
    attributes: {
      ...NO_USAGE,
      ...ONCE,
      'error.type': 'rate_limit',
      'http.response.status_code': 429,
    },
    failed: true,
  },
  'm-missing': {
    attributes: {
      ...NO_USAGE,
      'error.type': 'model_not_found',
      'http.response.status_code': 404,
    },
    failed: true,
  },
};

const OTHERS: Record<string, Expected> = {
  'm-responses': { attributes: { ...USAGE, ...STOP, 'gen_ai.response.status': 'completed' } },
  'm-responses-stream': {
    attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  },
  'm-responses-helper': {
    attributes: { ...USAGE, ...STOP, ...STREAM, 'spanledger.stream.chunks': 5 },
  },
  'm-responses-parse': { attributes: { ...USAGE, ...STOP } },
  // What began it tells no usage, and of three answers that tell it one is written down.
  'm-background': { attributes: { ...NO_USAGE, 'gen_ai.response.id': 'resp_m-background' } },
  'm-background-2026': {
    attributes: { ...USAGE, ...STOP, 'gen_ai.response.id': 'resp_m-background' },
    beside: 'm-background',
  },
  'm-failed': {
    attributes: {
      ...USAGE,
      'error.type': 'server_error',
      'gen_ai.response.finish_reasons': ['error'],
    },
    failed: true,
  },
  'm-compact': {
    attributes: { ...USAGE, 'gen_ai.response.finish_reasons': ['compaction'] },
    since: 6,
  },
  'm-decide': {
    attributes: {
      'gen_ai.operation.name': 'decide',
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 3,
    },
    since: 7,
  },
  'm-completions': {
    attributes: { ...USAGE, ...STOP, 'gen_ai.operation.name': 'text_completion' },
  },
  'm-completions-stream': {
    attributes: { ...USAGE, ...STOP, ...STREAM, 'gen_ai.operation.name': 'text_completion' },
  },
  'm-completions-bare': {
    attributes: {
      ...NO_USAGE,
      ...STOP,
      ...estimate(11),
      'gen_ai.operation.name': 'text_completion',
    },
  },
  'm-embeddings': {
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.usage.input_tokens': 8,
      'gen_ai.usage.output_tokens': undefined,
      'gen_ai.embeddings.dimension.count': 3,
    },
  },
  'm-moderation': {
    attributes: { ...NO_USAGE, 'gen_ai.operation.name': 'moderation' },
  },
};

const MEDIA_CALLS: Record<string, Expected> = {
  'm-image': {
    attributes: {
      ...IMAGE,
      ...IMAGE_USAGE,
      'gen_ai.request.choice.count': 2,
      'spanledger.images.count': 2,
    },
  },
  'm-image-edit': { attributes: { ...IMAGE, ...IMAGE_USAGE } },
  'm-image-variation': { attributes: { ...IMAGE, ...NO_USAGE, 'spanledger.images.count': 1 } },
  'm-image-stream': {
    attributes: { ...IMAGE, ...IMAGE_USAGE, ...STREAM, 'spanledger.images.count': 1 },
    since: 5,
  },
  'm-transcribe': { attributes: { ...MEDIA, ...AUDIO_USAGE, 'gen_ai.output.type': 'text' } },
  'm-transcribe-seconds': {
    attributes: { ...MEDIA, ...NO_USAGE, 'spanledger.audio.input_seconds': 9 },
  },
  'm-transcribe-stream': { attributes: { ...MEDIA, ...AUDIO_USAGE, ...STREAM } },
  'm-translate': {
    attributes: { ...MEDIA, ...NO_USAGE, 'spanledger.audio.input_seconds': 2.5 },
  },
  'm-speech': {
    attributes: {
      ...MEDIA,
      ...NO_USAGE,
      'gen_ai.output.type': 'speech',
      'spanledger.speech.characters': 5,
    },
  },
};

export const EXPECTED: Readonly<Record<string, Expected>> = {
  ...CHAT,
  ...RETRIES,
  ...OTHERS,
  ...MEDIA_CALLS,
};
