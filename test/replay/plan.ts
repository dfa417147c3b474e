// Which SDK makes an exchange, by its URL and body alone, and in which words the answer is written;
// or why no JavaScript SDK can make it.

import { fields, type Exchange } from './exchange.ts';

/** A file of callers/; each speaks one SDK. */
export type Caller =
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'vertex'
  | 'google'
  | 'bedrock'
  | 'cohere'
  | 'mistral'
  | 'ollama'
  | 'groq'
  | 'together';

/** The words in which an answer tells its usage. */
export type Protocol =
  | 'chat'
  | 'completions'
  | 'responses'
  | 'embeddings'
  | 'images'
  | 'audio'
  | 'messages'
  | 'gemini'
  | 'gemini-embed'
  | 'converse'
  | 'invoke'
  | 'cohere'
  | 'ollama';

export type Plan =
  /** A model call: it must be in the ledger with what the answer tells. */
  | {
      readonly kind: 'call';
      readonly caller: Caller;
      readonly protocol: Protocol;
      /** Why the instrumentation may pass this one by; '' for all that it must see. */
      readonly unhooked: string;
    }
  /** Made as well, but nothing is generated and billed by it: it must not be in the ledger. */
  | { readonly kind: 'free'; readonly caller: Caller }
  | { readonly kind: 'not_made'; readonly reason: string };

const call = (caller: Caller, protocol: Protocol, unhooked = ''): Plan => ({
  kind: 'call',
  caller,
  protocol,
  unhooked,
});
const free = (caller: Caller): Plan => ({ kind: 'free', caller });
const notMade = (reason: string): Plan => ({ kind: 'not_made', reason });

export function planOf(exchange: Exchange): Plan {
  if (/^wss?:$/.test(exchange.url.protocol)) return notMade('a WebSocket, and no HTTP exchange');
  const path = decodeURIComponent(exchange.url.pathname).replace(/\/+$/, '');
  for (const rule of [byPathOfVendor, byCopiedPath, googleStore]) {
    const plan = rule(exchange, path);
    if (plan !== null) return plan;
  }
  if (exchange.method === 'GET') {
    return notMade('a plain download by the program, not a request to a model provider');
  }
  const { inputs, parameters } = fields(exchange.request);
  if (inputs !== undefined && parameters !== undefined) {
    return notMade(
      'text generation inference of Hugging Face: its client is not an instrumented one',
    );
  }
  return notMade(`no JavaScript SDK that is instrumented speaks to ${exchange.url.host}${path}`);
}

/** Interfaces of which there is one vendor, whatever the host: gateways pass them on. */
function byPathOfVendor(exchange: Exchange, path: string): Plan | null {
  const host = exchange.url.hostname;
  if (path.endsWith('/v1/messages')) return call('anthropic', 'messages');
  if (path.endsWith('/v1/messages/count_tokens')) return free('anthropic');
  if (/\/v1\/messages\/batches\b/.test(path)) {
    return notMade('a batch of messages: what it cost is in its results, a file, hours later');
  }
  if (path.endsWith('/v1/complete')) {
    return notMade('the text completions of Anthropic: their answers tell no usage');
  }
  if (/:(raw|streamRaw)Predict$/.test(path)) {
    return path.includes('/publishers/anthropic/')
      ? call('vertex', 'messages')
      : notMade('a partner model on Vertex: its client is not an instrumented one');
  }
  if (/enum-encoding=int/.test(exchange.url.searchParams.get('$alt') ?? '')) {
    return notMade(
      'enums as numbers were asked for, as one Python SDK for Vertex does and none for JavaScript',
    );
  }
  if (/:(generateContent|streamGenerateContent)$/.test(path)) return call('google', 'gemini');
  if (/:(embedContent|batchEmbedContents)$/.test(path)) return call('google', 'gemini-embed');
  if (path.endsWith(':predict')) return call('google', 'gemini-embed');
  if (path.endsWith(':countTokens')) return free('google');
  // A model may be an ARN, with slashes that are encoded in the path.
  const model = /\/model\/[^/]+\/([a-z-]+)$/.exec(exchange.url.pathname)?.[1];
  if (model === 'converse' || model === 'converse-stream') return call('bedrock', 'converse');
  if (model === 'invoke' || model === 'invoke-with-response-stream') {
    return call('bedrock', 'invoke');
  }
  if (model === 'count-tokens') return free('bedrock');
  if (/^\/api\/(chat|generate|embed)$/.test(path)) return call('ollama', 'ollama');
  if (path === '/api/embeddings') return notMade('an old path of Ollama that tells no usage');
  if (host.endsWith('cohere.com') || host.endsWith('cohere.ai')) return cohere(path);
  return null;
}

function googleStore({ method, url }: Exchange): Plan | null {
  if (!/^(generativelanguage|[a-z0-9-]*aiplatform)\.googleapis\.com$/.test(url.hostname))
    return null;
  if (/^\/v\w+\/fileSearchStores(\/[^/:]+)?$/.test(url.pathname) && method !== 'GET')
    return free('google');
  return notMade(
    'a file of Gemini: it is uploaded in parts, and nothing is generated or billed by token',
  );
}

function cohere(path: string): Plan {
  if (/\/v[12]\/(chat|generate|embed|rerank)$/.test(path)) return call('cohere', 'cohere');
  return free('cohere');
}

/** The interface of OpenAI and of everybody who copied it; each has a host of its own. */
function byCopiedPath(exchange: Exchange, path: string): Plan | null {
  const caller = callerAt(exchange.url);
  const rule = COPIED.find(([ending]) => ending.test(path));
  if (rule !== undefined) return rule[1](caller, exchange);
  if (exchange.url.hostname === 'api.openai.com') return free('openai');
  return null;
}

type Choose = (caller: Caller, exchange: Exchange) => Plan;

const as =
  (protocol: Protocol): Choose =>
  (caller) =>
    call(caller, protocol);

const COPIED: readonly (readonly [ending: RegExp, choose: Choose])[] = [
  [/\/chat\/completions$/, as('chat')],
  [/\/completions$/, as('completions')],
  [/\/embeddings$/, as('embeddings')],
  [/\/images\/(generations|edits|variations)$/, as('images')],
  [/\/audio\/(transcriptions|translations|speech)$/, as('audio')],
  [/\/moderations$/, (caller) => free(caller)],
  [/\/responses\/input_tokens$/, (caller) => free(caller)],
  [/\/responses(\/compact)?$/, as('responses')],
  [/\/responses\/resp_\w+$/, polled],
  [/\/threads\/([^/]+\/)?runs\b/, (caller) => call(caller, 'chat', RUNS)],
];

const RUNS =
  'the Assistants API, which OpenAI shut down in August 2026: a run is polled, and only its last state tells usage';

/**
 * What a response used that was made in the background is told when it is fetched; any other response is
 * only looked at again.
 */
function polled(caller: Caller, { method, body }: Exchange): Plan {
  const isTold =
    /"background":\s*true/.test(body.toString()) && /"usage":\s*\{/.test(body.toString());
  return method === 'GET' && isTold ? call(caller, 'responses') : free(caller);
}

/** Where an SDK of its own exists, it is used; else the one whose interface was copied. */
function callerAt(url: URL): Caller {
  const host = url.hostname;
  if (/(^|\.)(openai|cognitiveservices)\.azure\.com$/.test(host)) {
    return url.pathname.startsWith('/openai/deployments/') ? 'azure' : 'openai';
  }
  if (host === 'api.groq.com') return 'groq';
  if (/^api\.together\.(xyz|ai)$/.test(host)) return 'together';
  if (host === 'api.mistral.ai') return 'mistral';
  return 'openai';
}

/** Whether the program asked for a stream; Google and Bedrock say so in the path. */
export function asksForStream({ url, request }: Exchange): boolean {
  return /stream/i.test(url.pathname) || fields(request)['stream'] === true;
}
