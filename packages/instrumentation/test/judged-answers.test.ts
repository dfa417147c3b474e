// Verdicts leave where they are asked for, and the text that they are about does not.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink } from './child.ts';
import { listen, type StandIn } from './stand-in.ts';

let provider: StandIn;
beforeAll(async () => {
  provider = await listen((request, response, body) => {
    const asked = JSON.parse(body.toString()) as Asked;
    const said = asked.input ?? asked.messages?.[0]?.content ?? '';
    response.setHeader('content-type', 'application/json');
    if (asked.stream === true) {
      response.setHeader('content-type', 'text/event-stream');
      for (const content of [said.slice(0, 3), said.slice(3)]) {
        const choice = { index: 0, delta: { content } };
        response.write(`data: ${JSON.stringify({ id: 'c', model: 'm', choices: [choice] })}\n\n`);
      }
      const last = { index: 0, delta: {}, finish_reason: 'stop' };
      response.write(`data: ${JSON.stringify({ id: 'c', model: 'm', choices: [last] })}\n\n`);
      response.end('data: [DONE]\n\n');
    } else response.end(JSON.stringify(answerOf(request.url ?? '', asked.model, said)));
  });
});
afterAll(() => provider.stop());

interface Asked {
  model: string;
  stream?: boolean;
  input?: string;
  messages?: { content: string }[];
}

function answerOf(url: string, model: string, said: string): object {
  if (url.endsWith('/responses')) {
    const content = [{ type: 'output_text', text: said, annotations: [] }];
    const output = [{ type: 'message', role: 'assistant', id: 'm', content }];
    return { id: 'r', object: 'response', status: 'completed', model, output };
  }
  if (url.endsWith('/messages')) {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const content = [{ type: 'text', text: said }];
    return { id: 'a', type: 'message', role: 'assistant', model, content, usage, stop_reason: 'end_turn' }; // prettier-ignore
  }
  const call = { id: 't', type: 'function', function: { name: 'f', arguments: '{}' } };
  const tool_calls = model === 'calls a tool' ? [call] : undefined;
  const message = { role: 'assistant', content: said, tool_calls };
  return { id: 'c', object: 'chat.completion', model, choices: [{ index: 0, message, finish_reason: 'stop' }] }; // prettier-ignore
}

/** score, valid, words, errors, warnings; null where nothing is judged. */
const VERDICTS = {
  'chat whole': [1, true, 7, undefined, undefined],
  'chat refused': [0.8, false, 8, ['refusal'], undefined],
  'chat json': [0.75, false, 3, ['invalid_json'], undefined],
  'chat streamed': [0.6, false, 3, ['error_pattern'], ['too_short']],
  'chat calls a tool': null,
  'chat response': [0.8, true, 2, undefined, ['too_short']],
  'chat message': [0, false, 0, ['empty'], undefined],
};

test.each(['true', 'false'])('SPANLEDGER_QUALITY=%s', async (on) => {
  const sink = await startSink();
  const folders = ['openai-6', 'anthropic-1'].map((name) => join(sdkFolder(name), 'sdk.mjs'));
  const { err, code } = await runChild(join(PROGRAMS, 'quality.mjs'), [...folders, provider.url], {
    preload: 'register',
    sinkUrl: sink.url,
    environment: { SPANLEDGER_QUALITY: on },
  });
  await sink.stop();
  expect({ err, code }).toEqual({ err: '', code: 0 });
  const found = sink.spans.map(({ name, attributes }) => {
    const verdict = ['score', 'valid', 'words', 'errors', 'warnings'].map(
      (each) => attributes[`spanledger.quality.${each}`],
    );
    return [name, verdict[0] === undefined ? null : verdict];
  });
  const nothing = Object.keys(VERDICTS).map((name) => [name, null]);
  expect(Object.fromEntries(found)).toEqual(on === 'true' ? VERDICTS : Object.fromEntries(nothing));
  expect(JSON.stringify(sink.spans)).not.toMatch(/sorry|rows were found|Two words|it broke/);
});
