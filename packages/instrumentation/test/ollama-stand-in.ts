// What the stand-in for a model server of Ollama answers; the scenario is the model that is asked for.

import type { ServerResponse } from 'node:http';
import { json, type Answer } from './vendor-stand-in.ts';

const END = {
  done: true,
  done_reason: 'stop',
  total_duration: 9,
  prompt_eval_count: 120,
  eval_count: 30,
};
const CALL = { function: { name: 'weather', arguments: { city: 'Bern' } } };

interface Asked {
  model: string;
  stream?: boolean;
}

export const answerOllama: Answer = ({ path, body }, response) => {
  const { model, stream } = body as Asked;
  if (model === 'm-missing' || model === 'm-forgotten') {
    return json(response, 404, { error: 'model not found' });
  }
  if (path === '/api/embed') {
    return json(response, 200, { model, embeddings: [[0.5, 0.25, 1]], prompt_eval_count: 8 });
  }
  const said = (content: string): object =>
    path === '/api/generate' ? { response: content } : { message: { role: 'assistant', content } };
  const base = { model, created_at: '2026-01-01T00:00:00Z' };
  if (stream === true) return parts(response, model, base, said);
  // A prompt that the server still had is not counted.
  const { prompt_eval_count: counted, ...rest } = END;
  const end = model === 'm-cached' ? rest : { ...rest, prompt_eval_count: counted };
  const message = { role: 'assistant', content: '', tool_calls: [CALL] };
  const answer = model === 'm-tool' ? { message } : said('Hello there');
  return json(response, 200, { ...base, ...answer, ...end });
};

function parts(
  response: ServerResponse,
  model: string,
  base: object,
  said: (content: string) => object,
): void {
  const line = (part: object): string => `${JSON.stringify({ ...base, ...part })}\n`;
  const first = line({ ...said('Hello'), done: false });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (model === 'm-cut') return void response.write(first, () => response.destroy());
  if (model === 'm-abort') return void response.write(first);
  if (model === 'm-broken') return void response.end(first + line({ error: 'out of memory' }));
  response.end(first + line({ ...said(' there'), done: false }) + line({ ...said(''), ...END }));
}
