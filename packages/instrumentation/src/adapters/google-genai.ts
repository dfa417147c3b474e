// The @google/genai package, 1 to 3. The methods below its public ones are hooked: when it calls
// tools by itself, or goes on where an answer was cut, each HTTP call is one span.

import type { Attributes } from '@opentelemetry/api';
import { Call, type Failure } from '../calls/call.ts';
import {
  constantPoints,
  patchPoints,
  type MethodCall,
  type PatchPoint,
} from '../hooks/patch-point.ts';
import { currentCall } from '../calls/call-scope.ts';
import { channelOf } from '../calls/method-calls.ts';
import { watchPromises } from '../calls/promise-calls.ts';
import { fields, put, serverOf, text } from '../calls/request.ts';
import { ATTEMPT_CHANNEL, isCancelled, UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import { safely } from '../safely.ts';
import {
  PROVIDER_NAME,
  REQUEST_STREAM,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../semantic-conventions.ts';
import {
  contentAnswer,
  contentReader,
  contentRequest,
  embeddingAnswer,
  embeddingRequest,
} from './google-genai-content.ts';
import { imagesAnswer, imagesRequest } from './google-genai-images.ts';

const NAME = '@google/genai';
/** Everything is in one file. CommonJS ended in .js before it ended in .cjs. */
const FILE = 'dist/node/index';
const ENDINGS = ['.mjs', '.cjs', '.js'];

/** Before 3 the client drops the tokens of Gemini's embeddings where it copies the answer. */
const RAW_EMBED = 'raw-embed';

const hook = (channelName: string, range: string, method: string) =>
  patchPoints(channelName, NAME, range, FILE, method, ENDINGS);

export const GOOGLE_GENAI_PATCH_POINTS: readonly PatchPoint[] = [
  ...hook('content', '>=1.0.0 <4.0.0', 'Models.generateContentInternal'),
  ...hook('stream', '>=1.0.0 <4.0.0', 'Models.generateContentStreamInternal'),
  ...hook('embed', '>=1.0.0 <1.44.0', 'Models.embedContent'),
  ...hook('embed', '>=1.44.0 <4.0.0', 'Models.embedContentInternal'),
  ...hook(RAW_EMBED, '>=1.0.0 <3.0.0', 'embedContentResponseFromMldev'),
  ...hook('images', '>=1.0.0 <4.0.0', 'Models.generateImagesInternal'),
  ...hook('images', '>=1.0.0 <4.0.0', 'Models.editImageInternal'),
  ...hook('images', '>=1.0.0 <4.0.0', 'Models.upscaleImageInternal'),
  ...constantPoints(ATTEMPT_CHANNEL, NAME, '>=1.0.0 <4.0.0', FILE, 'runFetch', ENDINGS),
  ...hook(UNSUPPORTED_CHANNEL, '>=4.0.0', 'Models.generateContentInternal'),
];

/** What the provider said of the tokens of an embedding. */
const dropped = new WeakMap<Call, unknown>();
const embeddings = new WeakMap<MethodCall, Call>();

function watchRawEmbeddings(): void {
  channelOf(NAME, RAW_EMBED).start.subscribe((message) => {
    safely('an answer', () => {
      const call = currentCall();
      const raw = Array.from((message as MethodCall).arguments).map(fields);
      const said = raw.find(({ usageMetadata }) => usageMetadata !== undefined);
      if (call !== undefined && said !== undefined) dropped.set(call, said['usageMetadata']);
    });
  });
}

export function watchGoogleGenAI(): void {
  watchRawEmbeddings();
  watchPromises({
    name: NAME,
    failure,
    operations: [
      {
        channelName: 'content',
        start: (message) => begin('generate_content', message, contentRequest),
        answer: contentAnswer,
      },
      {
        channelName: 'stream',
        start: (message) =>
          begin('generate_content', message, (asked) => ({
            ...contentRequest(asked),
            [REQUEST_STREAM]: true,
          })),
        answer: contentAnswer,
        reader: contentReader,
      },
      {
        channelName: 'embed',
        start(message) {
          const call = begin('embeddings', message, embeddingRequest);
          embeddings.set(message, call);
          return call;
        },
        answer(value, message) {
          const call = embeddings.get(message);
          return embeddingAnswer(value, call === undefined ? undefined : dropped.get(call));
        },
      },
      {
        channelName: 'images',
        start: (message) => begin('generate_content', message, imagesRequest),
        answer: imagesAnswer,
      },
    ],
  });
}

interface ApiClient {
  isVertexAI?(): boolean;
  clientOptions?: { httpOptions?: { baseUrl?: unknown } };
}

function begin(
  operation: string,
  { arguments: given, self }: MethodCall,
  request: (asked: unknown) => Attributes,
): Call {
  const attributes = request(given[0]);
  const client = fields(self)['apiClient'] as ApiClient | undefined;
  attributes[PROVIDER_NAME] = client?.isVertexAI?.() === true ? 'gcp.vertex_ai' : 'gcp.gemini';
  const options = fields(fields(fields(given[0])['config'])['httpOptions']);
  const server = serverOf(options['baseUrl'] ?? client?.clientOptions?.httpOptions?.baseUrl);
  put(attributes, SERVER_ADDRESS, server?.address ?? null);
  put(attributes, SERVER_PORT, server?.port ?? null);
  return new Call(operation, text(fields(given[0])['model']), attributes);
}

/** The provider's own word for what went wrong: it stands in the text of the error alone. */
const STATUS_WORD = /"status":\s*"([A-Z_]{1,64})"/;
const STATUS_CODE = /got status: (\d{3})\b/;
const SEARCHED_CHARS = 4096;

function failure(error: unknown): Failure {
  const { message, name, status } = fields(error);
  const told = typeof message === 'string' ? message.slice(0, SEARCHED_CHARS) : '';
  // The first versions say the status there, too.
  const code = typeof status === 'number' ? status : Number(STATUS_CODE.exec(told)?.[1] ?? NaN);
  return {
    type: STATUS_WORD.exec(told)?.[1] ?? text(name) ?? typeof error,
    status: Number.isNaN(code) ? null : code,
    // Errors of fetch come wrapped in an error of no kind.
    cancelled: isCancelled(error) || told.startsWith('exception AbortError:'),
  };
}
