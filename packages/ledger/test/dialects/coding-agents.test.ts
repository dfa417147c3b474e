// Agents' command lines: what they report as log events.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'Claude Code: an event whose numbers are texts',
    sent: {
      scope: 'com.anthropic.claude_code.events',
      log: true,
      name: 'claude_code.api_request',
      attributes: {
        'event.name': 'api_request',
        model: 'claude-sonnet-4-5',
        input_tokens: '40',
        output_tokens: '30',
        cache_read_tokens: '80',
        cost_usd: '0.000669',
        duration_ms: '63',
        request_id: 'req_1',
      },
    },
    fact: {
      dialect: 'claude-code',
      kind: 'llm',
      provider: 'anthropic',
      request_model: 'claude-sonnet-4-5',
      response_id: 'req_1',
      input_tokens: 40,
      cache_convention: 'excluded',
      reported_cost_usd: 669_000_000n,
      duration_ns: 63_000_000n,
      start_time: 1_790_000_000_937_000_000n,
    },
  },
  {
    says: 'Claude Code: a tool that failed',
    sent: {
      scope: 'com.anthropic.claude_code.events',
      log: true,
      name: 'claude_code.tool_result',
      attributes: { 'event.name': 'tool_result', tool_name: 'Bash', success: 'false' },
    },
    fact: { kind: 'tool', tool_name: 'Bash', status: 'error' },
  },
];

itReads('coding-agents', CASES);
