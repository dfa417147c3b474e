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
  {
    says: 'Codex: the handler that saw the last event tells the call',
    sent: {
      scope: 'codex_exec',
      name: 'handle_responses',
      attributes: {
        'codex.response.receive_wait_ms': 0.1,
        'gen_ai.usage.input_tokens': 2445,
        'gen_ai.usage.cache_read.input_tokens': 521,
        'gen_ai.usage.output_tokens': 786,
        'codex.usage.reasoning_output_tokens': 154,
        'codex.usage.total_tokens': 3231,
      },
    },
    fact: {
      dialect: 'codex',
      kind: 'llm',
      provider: 'openai',
      streaming: true,
      input_tokens: 2445,
      reasoning_tokens: 154,
      total_tokens: 3231,
      cache_convention: 'included',
      marks: ['answered'],
    },
  },
  {
    says: 'Codex: a handler of any other event is no call',
    sent: {
      scope: 'codex_exec',
      name: 'handle_responses',
      attributes: { 'codex.response.receive_wait_ms': 0.1 },
    },
    fact: { dialect: 'codex', kind: 'other', input_tokens: null },
  },
  {
    says: 'Codex: the turn is the run and sums it',
    sent: {
      scope: 'codex_cli_rs',
      name: 'session_task.turn',
      attributes: {
        'turn.id': 'turn-1',
        model: 'gpt-5-codex',
        'codex.turn.token_usage.input_tokens': 4219,
        'codex.turn.token_usage.cached_input_tokens': 632,
      },
    },
    fact: {
      kind: 'agent',
      agent_name: 'codex',
      execution_id: 'turn-1',
      input_tokens: 4219,
      cache_read_tokens: 632,
    },
  },
  {
    says: 'Codex: an event whose counts are texts, and whose tool tokens are the total',
    sent: {
      scope: 'codex_otel.log_only',
      log: true,
      attributes: {
        'event.name': 'codex.sse_event',
        'event.kind': 'response.completed',
        'conversation.id': 'c1',
        model: 'gpt-5-codex',
        input_token_count: '120',
        output_token_count: '30',
        cached_token_count: 80,
        reasoning_token_count: 10,
        tool_token_count: '150',
        ttft_ms: 40,
      },
    },
    fact: {
      kind: 'llm',
      request_model: 'gpt-5-codex',
      agent_name: '',
      conversation_id: 'c1',
      input_tokens: 120,
      output_tokens: 30,
      total_tokens: 150,
      time_to_first_chunk_ns: 40_000_000,
    },
  },
  {
    says: 'Codex: its main agent is Codex',
    sent: {
      scope: 'codex_otel.log_only',
      log: true,
      attributes: { 'event.name': 'codex.tool_result', tool_name: 'exec', agent_name: 'main' },
    },
    fact: { kind: 'tool', agent_name: 'codex' },
  },
  {
    says: 'Codex: another agent of it has its own name',
    sent: {
      scope: 'codex_otel.log_only',
      log: true,
      attributes: { 'event.name': 'codex.tool_result', tool_name: 'exec', agent_name: 'explorer' },
    },
    fact: { kind: 'tool', agent_name: 'explorer' },
  },
  {
    says: 'Gemini CLI: its span leaves the thoughts out and does not know how many there were',
    sent: {
      scope: 'gemini-cli',
      name: 'llm_call',
      attributes: {
        'gen_ai.operation.name': 'llm_call',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gen_ai.conversation.id': 's1',
        'gen_ai.usage.input_tokens': 1623,
        'gen_ai.usage.output_tokens': 183,
      },
    },
    fact: {
      dialect: 'gemini-cli',
      kind: 'llm',
      provider: 'gcp.gemini',
      conversation_id: 's1',
      output_tokens: 183,
      reasoning_convention: 'excluded',
      marks: ['leaves_reasoning_out'],
    },
  },
  {
    says: 'Gemini CLI: the event of the answer knows the thoughts and its own time',
    sent: {
      scope: 'gemini-cli',
      log: true,
      name: 'API response from gemini-2.5-flash.',
      attributes: {
        'event.name': 'gemini_cli.api_response',
        'session.id': 's1',
        model: 'gemini-2.5-flash',
        duration_ms: 138,
        input_token_count: 1623,
        output_token_count: 183,
        cached_content_token_count: 477,
        thoughts_token_count: 78,
        total_token_count: 1884,
        finish_reasons: ['stop', 'stop'],
        status_code: 200,
      },
    },
    fact: {
      kind: 'llm',
      conversation_id: 's1',
      cache_read_tokens: 477,
      reasoning_tokens: 78,
      finish_reasons: ['stop'],
      http_status: 200,
      duration_ns: 138_000_000n,
    },
  },
  {
    says: 'Copilot: a wait in milliseconds, a session, no dollars from credits',
    sent: {
      scope: 'copilot-chat',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 421,
        'copilot_chat.time_to_first_token': 250,
        'copilot_chat.chat_session_id': 's1',
        'github.copilot.nano_aiu': 5_000_000_000,
      },
    },
    fact: {
      dialect: 'copilot',
      kind: 'llm',
      time_to_first_chunk_ns: 250_000_000,
      conversation_id: 's1',
      reported_cost_usd: null,
    },
  },
  {
    says: 'Copilot: the event of a turn repeats its calls',
    sent: {
      scope: 'copilot-chat',
      log: true,
      name: 'copilot_chat.agent.turn',
      attributes: { 'event.name': 'copilot_chat.agent.turn', 'gen_ai.usage.input_tokens': 421 },
    },
    fact: { dialect: 'copilot', kind: 'step' },
  },
];

itReads('coding-agents', CASES);
