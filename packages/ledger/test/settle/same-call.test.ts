// D2: which records tell of the same call: by id, by containment, and one to one without an id.

import type { Fact } from '../../src/index.ts';
import { beneath, call, fact, OTHER_TRACE, silentCall, type Said } from '../fact-builder.ts';
import { units } from './unit.ts';

const wrapper = call({ ms: 110, response_id: 'chatcmpl-1' });

const passedOn = { at: 5, trace_id: OTHER_TRACE, service_name: 'gateway' };

units('D2b same response id', [
  {
    says: 'in another trace and scope is the same call',
    facts: [
      wrapper,
      call({
        at: 5,
        ms: 90,
        trace_id: OTHER_TRACE,
        scope_name: 'scope-b',
        response_id: 'chatcmpl-1',
      }),
    ],
    roles: ['duplicate', 'owner'],
    rule: /D2b same response id chatcmpl-1/,
    input: 120,
  },
  {
    says: 'in the same scope is another call: a stand-in serves one id many times',
    facts: [wrapper, call({ at: 5, response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'in the same scope but one above the other is one call',
    facts: [
      wrapper,
      call(beneath(wrapper, { at: 5, ms: 90, response_id: 'chatcmpl-1' })),
      call({ at: 6, response_id: 'chatcmpl-2' }),
    ],
    roles: ['duplicate', 'owner', 'owner'],
  },
  {
    says: 'far apart in time is another call',
    facts: [wrapper, call({ at: 5000, scope_name: 'scope-b', response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'between services clocks may differ by a minute',
    facts: [
      wrapper,
      call({
        at: 50_000,
        scope_name: 'scope-b',
        service_name: 'gateway',
        trace_id: OTHER_TRACE,
        response_id: 'chatcmpl-1',
      }),
    ],
    roles: ['duplicate', 'owner'],
  },
  {
    says: 'in the same scope of another service, within the caller’s time, was passed on by a gateway',
    facts: [
      wrapper,
      call({ ...passedOn, ms: 90, response_id: 'chatcmpl-1' }),
      call({ ...passedOn, at: 6, ms: 80, response_id: 'chatcmpl-1' }),
    ],
    roles: ['duplicate', 'owner', 'owner'],
    input: 240,
  },
  {
    says: 'in the same scope of another service, not within the caller’s time, is another call',
    facts: [wrapper, call({ ...passedOn, ms: 900, response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
  },
  {
    says: 'in the same scope of another service, with other figures, is another call',
    facts: [wrapper, call({ ...passedOn, input_tokens: 121, response_id: 'chatcmpl-1' })],
    roles: ['owner', 'owner'],
  },
]);

const outer = call({ ms: 110 });
const tool = fact({ kind: 'tool', tool_name: 'ask', ...beneath(outer), at: 10, ms: 80 });
const link = fact(beneath(outer, { at: 1, ms: 100 }));

units('D2c containment', [
  {
    says: 'exactly one call beneath is the same call, whatever the figures',
    facts: [
      outer,
      call(
        beneath(outer, {
          at: 5,
          ms: 90,
          scope_name: 'scope-b',
          input_tokens: 60,
          cache_read_tokens: 20,
        }),
      ),
    ],
    roles: ['duplicate', 'owner'],
    rule: /D2c/,
    input: 60,
  },
  {
    says: 'plumbing between them changes nothing',
    facts: [outer, link, call(beneath(link, { at: 5, ms: 90, scope_name: 'scope-b' }))],
    roles: ['duplicate', '', 'owner'],
    input: 120,
  },
  {
    says: 'several calls beneath make the outer one their sum',
    facts: [
      outer,
      call(beneath(outer, { at: 5, ms: 20 })),
      call(beneath(outer, { at: 50, ms: 20 })),
    ],
    roles: ['aggregate', 'owner', 'owner'],
    input: 240,
  },
  {
    says: 'a tool between them makes it another bill',
    facts: [outer, tool, call(beneath(tool, { at: 20, ms: 20 }))],
    roles: ['owner', 'none', 'owner'],
    input: 240,
  },
  {
    says: 'what says that it is apart from the call above is another bill',
    facts: [outer, call(beneath(outer, { at: 5, ms: 0, marks: ['answered', 'apart_from_above'] }))],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'one scope with two ids is two calls',
    facts: [wrapper, call(beneath(wrapper, { at: 5, ms: 90, response_id: 'chatcmpl-2' }))],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'failed tries beneath are attempts of the call',
    facts: [
      outer,
      silentCall(
        beneath(outer, { at: 5, ms: 5, marks: [], status: 'error', scope_name: 'scope-b' }),
      ),
      call(beneath(outer, { at: 20, ms: 50, scope_name: 'scope-b' })),
    ],
    roles: ['duplicate', 'attempt', 'owner'],
    input: 120,
  },
]);

const callback = call({
  marks: ['answered', 'not_current'],
  scope_name: 'callback',
  trace_id: OTHER_TRACE,
  ms: 120,
});
const inside = { at: 10, ms: 100, scope_name: 'client' };

units('D2d pairs without ids', [
  {
    says: 'an emitter that is not the current span has its twin elsewhere',
    facts: [callback, call(inside)],
    roles: ['duplicate', 'owner'],
    doubt: 'matched_without_id',
    input: 120,
  },
  {
    says: 'four equal requests at once are four bills',
    facts: [0, 1, 2, 3].map((at) => call({ at, response_id: '' })),
    roles: ['owner', 'owner', 'owner', 'owner'],
    input: 480,
  },
  {
    says: 'four pairs are four bills, not one and not eight',
    facts: [0, 1, 2, 3].flatMap((at) => [
      call({ marks: ['answered', 'not_current'], scope_name: 'callback', at, ms: 120 }),
      call({ ...inside, at: at + 5 }),
    ]),
    roles: ['duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner', 'duplicate', 'owner'],
    input: 480,
  },
  {
    says: 'an emitter that is the current span has no twin elsewhere',
    facts: [call({ scope_name: 'callback', trace_id: OTHER_TRACE, ms: 120 }), call(inside)],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'other figures are another call',
    facts: [
      callback,
      call({ ...inside, input_tokens: 121, output_tokens: 3, reasoning_tokens: 0 }),
    ],
    roles: ['owner', 'owner'],
  },
  {
    says: 'another model is another call',
    facts: [callback, call({ ...inside, request_model: 'gpt-4o-mini' })],
    roles: ['owner', 'owner'],
  },
  {
    says: 'two different ids are two calls, however alike',
    facts: [
      call({ ...callback, span_id: 'c'.repeat(16), response_id: 'r1' }),
      call({ ...inside, response_id: 'r2' }),
    ],
    roles: ['owner', 'owner'],
    input: 240,
  },
  {
    says: 'a side that knows no figures matches as well',
    facts: [silentCall({ ...callback, marks: ['not_current'] }), call(inside)],
    roles: ['duplicate', 'owner'],
    input: 120,
  },
]);

/** Two calls of three layers, one within the time of the other; one record of each lacks its id. */
const layered = (id: string, lacking: number, at: number, ms: number, input: number) =>
  [0, 1, 2].map((layer) =>
    (layer === 2 ? call : silentCall)({
      ...{ at: at + layer, ms: ms - 2 * layer, scope_name: `layer-${layer}` },
      response_id: layer === lacking ? '' : id,
      marks: layer === 2 ? ['answered'] : ['answered', 'not_current'],
      ...(layer === 2 ? { input_tokens: input, cache_read_tokens: 0 } : {}),
    }),
  );

/** A silent call of four layers: a callback, the call it is told of, and another such pair beneath that. */
function beneathEachOther(
  trace_id: string,
  id: string,
  ids: number,
  at: number,
  ms: number,
): Fact[] {
  const told = (layer: number, said: Said): Fact =>
    silentCall({
      ...{ trace_id, at: at + layer, ms: ms - 2 * layer, scope_name: `layer-${layer}` },
      response_id: layer < ids ? id : '',
      marks: layer % 2 === 0 ? ['answered', 'not_current'] : ['answered'],
      ...said,
    });
  const current = told(1, {});
  const under = { parent_span_id: current.span_id };
  return [told(0, {}), current, told(2, under), told(3, under)];
}

units('D2d records that lack their id', [
  {
    says: 'go to the rest of their call before they are paired with each other',
    facts: [...layered('a', 1, 0, 300, 80), ...layered('b', 0, 100, 60, 50)],
    roles: ['duplicate', 'duplicate', 'owner', 'duplicate', 'duplicate', 'owner'],
    doubt: 'matched_without_id',
    input: 130,
  },
  {
    says: 'are paired beneath their own parent first where no figures can be compared',
    facts: [
      ...beneathEachOther('b'.repeat(32), 'a', 3, 3, 903),
      ...beneathEachOther('c'.repeat(32), 'b', 2, 0, 544),
    ],
    roles: [
      ...['duplicate', 'duplicate', 'duplicate', 'unknown'],
      ...['duplicate', 'duplicate', 'duplicate', 'unknown'],
    ],
    doubt: 'matched_without_id',
  },
]);
