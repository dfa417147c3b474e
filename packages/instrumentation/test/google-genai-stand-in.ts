// What the stand-in for Google answers; the scenario is the model that is asked for.

import type { ServerResponse } from 'node:http';
import { json, type Answer } from './vendor-stand-in.ts';

const USAGE = {
  promptTokenCount: 120,
  cachedContentTokenCount: 100,
  toolUsePromptTokenCount: 7,
  candidatesTokenCount: 18,
  thoughtsTokenCount: 12,
  totalTokenCount: 157,
  serviceTier: 'standard',
};
/** As recorded of a video whose prompt was cached. */
const MEDIA = {
  promptTokenCount: 17_713,
  cachedContentTokenCount: 17_379,
  candidatesTokenCount: 68,
  thoughtsTokenCount: 821,
  totalTokenCount: 18_602,
  promptTokensDetails: [
    { modality: 'TEXT', tokenCount: 16 },
    { modality: 'VIDEO', tokenCount: 15_780 },
    { modality: 'AUDIO', tokenCount: 1917 },
  ],
  cacheTokensDetails: [
    { modality: 'AUDIO', tokenCount: 1881 },
    { modality: 'TEXT', tokenCount: 15 },
    { modality: 'VIDEO', tokenCount: 15_483 },
  ],
};
const CALL = { functionCall: { name: 'weather', args: { city: 'Bern' } } };

interface Asked {
  contents?: { parts: { functionResponse?: unknown }[] }[];
  requests?: unknown[];
}

export const answerGoogle: Answer = ({ path, body, refused }, response) => {
  const [, model = '', method] = /models\/([\w.-]+):(\w+)/.exec(path) ?? [];
  if (model === 'm-missing' || model === 'm-forgotten') {
    const error = { code: 404, message: 'no such model', status: 'NOT_FOUND' };
    return json(response, 404, { error });
  }
  if (model === 'm-retry' && refused(model) < 2) {
    return json(response, 429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } });
  }
  if (model === 'm-abort') return undefined;
  const asked = body as Asked;
  if (method === 'batchEmbedContents') {
    const embeddings = (asked.requests ?? []).map(() => ({ values: [0.5, 0.25, 1] }));
    return json(response, 200, { embeddings, usageMetadata: { promptTokenCount: 8 } });
  }
  if (method === 'predict') {
    const image = { bytesBase64Encoded: 'aGk=', mimeType: 'image/png' };
    return json(response, 200, { predictions: [image, image, { raiFilteredReason: 'no' }] });
  }
  const answered = asked.contents?.some(({ parts }) => parts.some((part) => part.functionResponse));
  if (method === 'generateContent') return json(response, 200, whole(model, answered === true));
  return stream(response, model);
};

function whole(model: string, answered: boolean): object {
  const tool = model.startsWith('m-tool') && !answered;
  const parts = tool ? [CALL] : [{ text: 'Hello there' }];
  const base = { responseId: `resp-${model}`, modelVersion: `${model}-2026` };
  const usageMetadata = model === 'm-media' ? MEDIA : USAGE;
  if (model === 'm-blocked') {
    return { ...base, promptFeedback: { blockReason: 'SAFETY' }, usageMetadata };
  }
  const finishReason = model === 'm-length' ? 'MAX_TOKENS' : 'STOP';
  const candidates = [{ content: { role: 'model', parts }, finishReason, index: 0 }];
  return { ...base, candidates, usageMetadata };
}

function stream(response: ServerResponse, model: string): void {
  const base = { responseId: `resp-${model}`, modelVersion: `${model}-2026` };
  const chunk = (part: object, more: object): string => {
    const candidates = [{ content: { role: 'model', parts: [part] }, index: 0, ...more }];
    return `data: ${JSON.stringify({ ...base, candidates })}\n\n`;
  };
  const { candidatesTokenCount: _none, ...begun } = USAGE;
  const last = { ...base, usageMetadata: USAGE };
  const end = {
    content: { role: 'model', parts: [{ text: '!' }] },
    finishReason: 'STOP',
    index: 0,
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const first = chunk(model === 'm-tool-stream' ? CALL : { text: 'Hello' }, {});
  if (model === 'm-cut') return void response.write(first, () => response.destroy());
  const second = `data: ${JSON.stringify({
    ...base,
    candidates: [{ content: { role: 'model', parts: [{ text: ' there' }] }, index: 0 }],
    usageMetadata: begun,
  })}\n\n`;
  response.end(`${first}${second}data: ${JSON.stringify({ ...last, candidates: [end] })}\n\n`);
}
