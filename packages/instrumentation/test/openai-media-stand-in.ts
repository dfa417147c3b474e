// The stand-in's pictures and sounds, and the forms in which they are sent.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asked } from './openai-stand-in.ts';

/** The body as it is compared: what separates the fields of a form is made up for each request. */
export function readForm(
  request: IncomingMessage,
  body: Buffer,
): { asked: Asked; written: string } {
  const [, boundary] = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '') ?? [];
  const text = body.toString();
  if (text === '') return { asked: { model: '' }, written: text };
  if (boundary === undefined) return { asked: JSON.parse(text) as Asked, written: text };
  const field = (name: string): string | undefined =>
    new RegExp(`name="${name}"\r\n(?:.+\r\n)*\r\n(.*)\r\n`).exec(text)?.[1];
  const asked = { model: field('model') ?? '', stream: field('stream') === 'true' };
  return { asked, written: text.replaceAll(boundary, 'boundary') };
}

const IMAGE_USAGE = {
  input_tokens: 50,
  input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  output_tokens: 200,
  total_tokens: 250,
};
const AUDIO_USAGE = {
  type: 'tokens',
  input_tokens: 14,
  input_token_details: { text_tokens: 4, audio_tokens: 10 },
  output_tokens: 45,
  total_tokens: 59,
};

/** False when the path is not of these interfaces. */
export function answerMedia(path: string, response: ServerResponse, asked: Asked): boolean {
  const answers: Record<string, () => void> = {
    'images/generations': () => images(response, asked),
    'images/edits': () => images(response, asked),
    'images/variations': () => json(response, { created: 1, data: [{ b64_json: 'aW1n' }] }),
    'audio/speech': () => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.end('sound');
    },
    'audio/transcriptions': () => transcription(response, asked),
    'audio/translations': () => json(response, { text: 'Hello', duration: 2.5 }),
    moderations: () => {
      const results = [{ flagged: false, categories: {}, category_scores: {} }];
      json(response, { id: `modr-${asked.model}`, model: asked.model, results });
    },
    decisions: () => {
      const usage = {
        input_tokens: 20,
        input_tokens_details: { cached_tokens: 5, cache_write_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 23,
      };
      json(response, { answers: [], model: `${asked.model}-2026`, usage });
    },
    rerank: () => {
      const usage = { prompt_tokens: 30, completion_tokens: 0, total_tokens: 30 };
      json(response, { id: `rr-${asked.model}`, model: asked.model, results: [], usage });
    },
  };
  const answer = answers[path];
  answer?.();
  return answer !== undefined;
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function events(response: ServerResponse, told: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(told.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
}

function images(response: ServerResponse, asked: Asked): void {
  const told = { size: '1024x1024', quality: 'high', usage: IMAGE_USAGE };
  if (asked.stream !== true) {
    json(response, { created: 1, ...told, data: [{ b64_json: 'aW1n' }, { b64_json: 'aW1n' }] });
    return;
  }
  events(response, [
    { type: 'image_generation.partial_image', b64_json: 'aQ==', partial_image_index: 0 },
    { type: 'image_generation.completed', b64_json: 'aW1n', ...told },
  ]);
}

function transcription(response: ServerResponse, asked: Asked): void {
  if (asked.stream === true) {
    events(response, [
      { type: 'transcript.text.delta', delta: 'Hel' },
      { type: 'transcript.text.done', text: 'Hello', usage: AUDIO_USAGE },
    ]);
  } else if (asked.model === 'm-transcribe-seconds') {
    json(response, { text: 'Hello', usage: { type: 'duration', seconds: 9 } });
  } else json(response, { text: 'Hello', usage: AUDIO_USAGE });
}
