// T1: a tool call is one, whatever tells of it.

import { beneath, event, fact } from '../fact-builder.ts';
import { units } from './unit.ts';

const execute = fact({ kind: 'tool', tool_name: 'get_weather', tool_call_id: 'call_1', ms: 50 });

const prefixed = fact({
  kind: 'tool',
  tool_name: 'desk__get_weather',
  tool_call_id: 'call_1',
  ms: 50,
});

const scheduler = fact({ kind: 'step' });

units('T1 tools', [
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
    says: 'the same under a name of the framework: its client has the id, the server the client’s name',
    facts: [
      prefixed,
      fact(
        beneath(prefixed, {
          kind: 'tool',
          tool_name: 'get_weather',
          tool_call_id: 'call_1',
          span_id: '7'.repeat(16),
          ms: 40,
        }),
      ),
      fact({
        kind: 'tool',
        tool_name: 'get_weather',
        tool_call_id: '',
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
  {
    says: 'an event that names the span above repeats one tool of its name beneath it, once',
    facts: [
      scheduler,
      fact(beneath(scheduler, { kind: 'tool', tool_name: 'look_up' })),
      ...[1, 2].map((at) =>
        event({
          ...{ at, kind: 'tool', tool_name: 'look_up', span_id: scheduler.span_id },
          ...{ input_tokens: null, output_tokens: null, cache_read_tokens: null },
        }),
      ),
    ],
    roles: ['', 'none', 'duplicate', 'none'],
  },
]);
