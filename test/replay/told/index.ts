// By protocol, who reads what an answer tells.

import { asksForStream, type Protocol } from '../plan.ts';
import { fields, type Exchange } from '../exchange.ts';
import { messagesTold } from './anthropic.ts';
import { converseTold, invokeTold } from './bedrock.ts';
import { cohereTold } from './cohere.ts';
import { geminiEmbedTold, geminiTold } from './google.ts';
import { ollamaTold } from './ollama.ts';
import { chatTold, embeddingsTold, mediaTold, responsesTold } from './openai.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

export type { Told, ToldTokens } from './told.ts';

type Reader = (body: Buffer, streamed: boolean, exchange: Exchange) => Told;

const READERS: Readonly<Record<Protocol, Reader>> = {
  chat: chatTold,
  completions: chatTold,
  responses: responsesTold,
  embeddings: embeddingsTold,
  images: mediaTold,
  audio: mediaTold,
  messages: messagesTold,
  gemini: geminiTold,
  'gemini-embed': geminiEmbedTold,
  converse: converseTold,
  invoke: invokeTold,
  cohere: cohereTold,
  ollama: ollamaTold,
};

/** What the recorded answer tells; of a refused request nothing. */
export function toldBy(exchange: Exchange, protocol: Protocol): Told {
  if (exchange.status >= 400) return NOTHING_TOLD;
  return READERS[protocol](exchange.body, isStreamed(exchange), exchange);
}

function isStreamed(exchange: Exchange): boolean {
  return asksForStream(exchange) && !exchange.content_type.startsWith('application/json');
}

/** The model that was asked for: in the body, or in the path before its method. */
export function askedModel({ url, request }: Exchange): string {
  const body = fields(request)['model'];
  if (typeof body === 'string') return body.replace(/^models\//, '');
  // A model of Bedrock may be an ARN, with colons and encoded slashes.
  const bedrock = /\/model\/([^/]+)\/[a-z-]+$/.exec(url.pathname)?.[1];
  if (bedrock !== undefined) return decodeURIComponent(bedrock);
  const path = decodeURIComponent(url.pathname);
  return /\/models\/([^:/]+)/.exec(path)?.[1] ?? /\/deployments\/([^/]+)/.exec(path)?.[1] ?? '';
}
