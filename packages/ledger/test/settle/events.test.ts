// D7: log events and the calls they repeat.

import { beneath, call, event, fact, silentCall } from '../fact-builder.ts';
import { units } from './unit.ts';

const interaction = fact({ kind: 'agent', ms: 1000 });
const request = call(beneath(interaction, { at: 10 }));
const named = { trace_id: request.trace_id, span_id: request.span_id };

units('D7 events', [
  {
    says: 'an event that names a call’s span repeats it',
    facts: [call({ ...request }), event({ ...named, at: 110 })],
    roles: ['owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'a second event of the same span is a call of its own: the span was overwritten',
    facts: [call({ ...request }), event({ ...named, at: 60 }), event({ ...named, at: 110 })],
    roles: ['owner', 'owner', 'duplicate'],
    input: 240,
  },
  {
    says: 'an event that names an agent goes to the call beneath it, by time',
    facts: [interaction, request, event({ span_id: interaction.span_id, at: 115 })],
    roles: ['none', 'owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'the event of a span that never came is the call',
    facts: [event({ span_id: 'e'.repeat(16) })],
    roles: ['owner'],
    input: 120,
  },
  {
    says: 'with events alone each is a call',
    facts: [
      event({ trace_id: '', conversation_id: 'c' }),
      event({ trace_id: '', conversation_id: 'c', at: 500 }),
    ],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'two event names within a moment tell of one call',
    facts: [
      event({ trace_id: '', conversation_id: 'c' }),
      event({ trace_id: '', conversation_id: 'c', at: 5, name: 'other' }),
    ],
    roles: ['owner', 'duplicate'],
    input: 120,
  },
  {
    says: 'a start event of running work is nothing yet',
    facts: [
      event({
        kind: 'step',
        marks: [],
        input_tokens: null,
        output_tokens: null,
        cache_read_tokens: null,
      }),
    ],
    roles: [''],
  },
]);

const refused = silentCall({ marks: [], status: 'error', error_type: '429' });

units('D7 events of what failed', [
  {
    says: 'the event of a failed try is told once: the span is the attempt',
    facts: [
      refused,
      event({ ...refused, signal: 'log', event_id: 'e1', name: 'call.details', at: 100, ms: 0 }),
    ],
    roles: ['attempt', 'duplicate'],
  },
  {
    says: 'the event of an answer is not that of a failed try',
    facts: [refused, event({ trace_id: refused.trace_id, span_id: refused.span_id, at: 100 })],
    roles: ['attempt', 'owner'],
    input: 120,
  },
]);
