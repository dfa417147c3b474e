// 4.21: a tool call is one, whatever tells of it.

import { beneath, event, fact } from '../fact-builder.ts';
import { units } from './unit.ts';

const execute = fact({ kind: 'tool', tool_name: 'get_weather', tool_call_id: 'call_1', ms: 50 });

units('4.21 tools', [
  {
    says: 'a tool span, its MCP client and its MCP server are one tool call',
    facts: [
      execute,
      fact(
        beneath(execute, {
          kind: 'tool',
          tool_name: 'get_weather',
          span_id: '7'.repeat(16),
          ms: 40,
        }),
      ),
      fact({
        kind: 'tool',
        tool_name: 'get_weather',
        parent_span_id: '7'.repeat(16),
        span_kind: 'server',
        ms: 30,
      }),
    ],
    roles: ['none', 'duplicate', 'duplicate'],
  },
  {
    says: 'another tool beneath a tool is another call',
    facts: [execute, fact(beneath(execute, { kind: 'tool', tool_name: 'other' }))],
    roles: ['none', 'none'],
  },
  {
    says: 'the event of a tool call repeats its span',
    facts: [
      execute,
      event({
        kind: 'tool',
        tool_call_id: 'call_1',
        input_tokens: null,
        output_tokens: null,
        cache_read_tokens: null,
      }),
    ],
    roles: ['none', 'duplicate'],
  },
]);
