#!/usr/bin/env node
// Stands for Claude Code: speaks its stream-json, and says which trace it was told to belong to.

import { createInterface } from 'node:readline';

const session_id = '7f9c24e8-3b12-4fef-91e0-3f64b0dd8a6a';
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const message = (id, content) => ({
  type: 'assistant',
  session_id,
  parent_tool_use_id: null,
  uuid: id,
  message: { id, role: 'assistant', model: 'claude-sonnet', content, usage: { output_tokens: 1 } },
});
const totals = (turn) => ({
  'claude-sonnet': {
    inputTokens: 20 * turn,
    outputTokens: 40 * turn,
    cacheReadInputTokens: 100 * turn,
    cacheCreationInputTokens: 30 * turn,
    costUSD: 0.01 * turn,
  },
  'claude-haiku': {
    inputTokens: 7,
    outputTokens: 3,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    costUSD: 0.001,
  },
});

let turn = 0;

function answer(prompt) {
  turn += 1;
  if (turn === 1) say({ type: 'system', subtype: 'init', session_id, uuid: 'init' });
  say(message(`msg_${turn}`, [{ type: 'text', text: process.env.TRACEPARENT ?? 'no trace' }]));
  if (prompt.includes('weather')) {
    const input = { city: 'Bern' };
    say(message(`msg_${turn}b`, [{ type: 'tool_use', id: 'toolu_1', name: 'Weather', input }]));
    const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '21 degrees' }];
    const user = { type: 'user', session_id, parent_tool_use_id: null, uuid: 'user' };
    say({ ...user, message: { role: 'user', content } });
  }
  const failed = prompt.includes('too long');
  say({
    type: 'result',
    subtype: failed ? 'error_max_turns' : 'success',
    is_error: failed,
    result: 'done',
    errors: [],
    num_turns: 1,
    session_id,
    total_cost_usd: 0.01 * turn,
    usage: {
      input_tokens: 20,
      output_tokens: 40,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
    },
    modelUsage: totals(turn),
    uuid: `result_${turn}`,
  });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line);
  if (told.type === 'control_request') {
    const response = { subtype: 'success', request_id: told.request_id, response: {} };
    say({ type: 'control_response', response });
  }
  if (told.type === 'user') answer(JSON.stringify(told.message.content));
});
