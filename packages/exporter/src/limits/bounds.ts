// Every queue, cache and loop of the service: what bounds it, in which unit, what happens beyond and
// which metric tells of it. docs/limits.md is made from this table, and a test holds the code to it:
// a collection that no row names does not pass.

import {
  ANSWER_BYTES_MAX,
  ANSWERS_READ_MAX,
  INSERT_CONNECTIONS_MAX,
  PENDING_KEYS_MAX,
  QUERY_CONNECTIONS_MAX,
  SWEEP_TRACES_MAX,
  UNIT_LIMITS,
} from '@spanledger/store';
import { KEPT_BYTES_ALL } from '../receive/arena.ts';
import { ASKING } from './asking-bounds.ts';
import { fixed, set, type Bound } from './bound.ts';
import { ANSWERS_PAGE_MAX } from '../settle/answer-judge.ts';
import { OPEN_MAX } from '../routes/deletion-routes.ts';
import { PING_WAIT_MS } from '../routes/health.ts';
import { BUCKETS_MAX } from './rates.ts';
import { CLOSE_WAIT_MS } from '../server.ts';
import { TIMES_FREE } from './shares.ts';

const ENDED = 'spanledger_ended_connections_total';
const SPLIT = 'spanledger_split_requests_total';
const REFUSED = 'spanledger_refused_requests_total';
const BUSY = 'spanledger_busy_total';
const RATED = 'spanledger_rate_limited_total';

const CONNECTIONS: readonly Bound[] = [
  set(
    'SPANLEDGER_CONNECTIONS_MAX',
    'connections',
    'the longest idle one is closed for the new one, those never answered well first; if none is idle, the new one is not taken (too_many)',
    ENDED,
    {
      label: 'idle_for_a_new_one',
      holds: [
        'connections.ts##states',
        'connections.ts##idleStrangers',
        'connections.ts##idleKnown',
      ],
    },
  ),
  set('SPANLEDGER_HEAD_BYTES_MAX', 'bytes', '431, and closed', ENDED, { label: 'large_head' }),
  set('SPANLEDGER_HEAD_WAIT_MS', 'ms', '503 with Retry-After, and closed', ENDED, {
    label: 'slow_head',
  }),
  set('SPANLEDGER_BODY_WAIT_MS', 'ms', '503 with Retry-After, and closed', REFUSED, {
    label: 'body_timeout',
  }),
  set('SPANLEDGER_KEEP_ALIVE_MS', 'ms', 'closed', 'spanledger_connections'),
  set('SPANLEDGER_ANSWER_WAIT_MS', 'ms', 'closed, and the answer forgotten', ENDED, {
    label: 'answer_not_read',
  }),
  set('SPANLEDGER_PIPELINED_REQUESTS_MAX', 'requests of a connection', 'closed', ENDED, {
    label: 'pipelined',
  }),
  set(
    'SPANLEDGER_DISCARDED_BODIES_MAX',
    'bodies',
    'the answer is sent before the body has ended, and the connection closed',
    'spanledger_cut_bodies_total',
  ),
  fixed(
    'connections that finish at a stop',
    [CLOSE_WAIT_MS, 'ms'],
    'closed',
    'spanledger_connections',
  ),
];

const RECEIVING: readonly Bound[] = [
  set('SPANLEDGER_BODY_BYTES_MAX', 'bytes', '413', REFUSED, { label: 'body_too_large' }),
  set('SPANLEDGER_BODY_DECOMPRESSED_BYTES_MAX', 'bytes', '413', REFUSED, {
    label: 'body_too_large',
  }),
  set('SPANLEDGER_DECOMPRESSIONS_MAX', 'bodies', 'wait', 'spanledger_decompressions', {
    holds: ['gunzip.ts##waiting'],
  }),
  set('SPANLEDGER_IN_FLIGHT_BYTES_MAX', 'bytes', '503 with Retry-After', BUSY, { label: 'bytes' }),
  set('SPANLEDGER_IN_FLIGHT_REQUESTS_MAX', 'requests', '503 with Retry-After', BUSY, {
    label: 'requests',
    holds: ['shares.ts##held', 'receive.ts##idle'],
  }),
  fixed(
    'share of an organisation of what is in flight',
    [TIMES_FREE, 'times what is free'],
    '503 with Retry-After to this organisation alone',
    BUSY,
    { label: 'requests_of_organisation' },
  ),
  set('SPANLEDGER_RATE_REQUESTS_PER_S', 'requests a second', '429 with Retry-After', RATED, {
    label: 'requests',
  }),
  set('SPANLEDGER_RATE_BYTES_PER_S', 'bytes a second', '429 with Retry-After', RATED, {
    label: 'bytes',
  }),
  set('SPANLEDGER_RATE_BURST_S', 'seconds of the rates', '429 with Retry-After', RATED),
  fixed(
    'deletions of an organisation that are not done',
    [OPEN_MAX, 'deletions'],
    '503 with Retry-After',
    BUSY,
    { label: 'deletions', holds: ['deletion-worker.ts##own', 'deletion-worker.ts##batch'] },
  ),
  fixed(
    'organisations whose rate is remembered',
    [BUCKETS_MAX, 'organisations'],
    'the longest silent one is forgotten, and begins anew',
    'spanledger_rated_organisations',
    { holds: ['rates.ts##buckets'] },
  ),
  set('SPANLEDGER_QUEUE_WAIT_MS', 'ms', '503 with Retry-After', BUSY, {
    label: 'blocks',
    holds: ['turns.ts##lines'],
  }),
  set('SPANLEDGER_BLOCKS_MAX', 'blocks', 'requests wait in turns', 'spanledger_blocks_free', {
    holds: ['group.ts##sending'],
  }),
  set(
    'SPANLEDGER_CONTENT_BYTES_MAX',
    'bytes of one prompt, answer or the like',
    'cut off behind it',
    'spanledger_adjusted_total',
    { label: 'content_value_bytes' },
  ),
  set('SPANLEDGER_BLOCK_ROWS', 'rows', 'the block is sent', 'spanledger_block_rows'),
  set('SPANLEDGER_BLOCK_BYTES', 'bytes', 'the block is sent', 'spanledger_blocks_total'),
  set('SPANLEDGER_BLOCK_DAYS_MAX', 'days', 'the block is sent; a request is split', SPLIT),
  set('SPANLEDGER_BLOCK_WAIT_MS', 'ms', 'the block is sent', 'spanledger_blocks_total'),
  set('SPANLEDGER_BLOCK_REST_MS', 'ms', 'the block is sent', 'spanledger_blocks_total'),
  set(
    'SPANLEDGER_INSERT_ATTEMPTS_MAX',
    'attempts',
    '503 with Retry-After to all requests of the block',
    'spanledger_blocks_total',
    { label: 'failed' },
  ),
  set(
    'SPANLEDGER_RECENT_BODIES_MAX',
    'hashes of bodies',
    'the oldest is forgotten; a repeat of it is stored again, which changes nothing',
    'spanledger_recent_bodies',
    { holds: ['recent-bodies.ts##outcomes'] },
  ),
  fixed(
    'buffers kept to be used again',
    [KEPT_BYTES_ALL, 'bytes'],
    'left to the collector of garbage',
    'spanledger_kept_buffer_bytes',
    { holds: ['arena.ts##free'] },
  ),
];

const SETTLING: readonly Bound[] = [
  set(
    'SPANLEDGER_DIRTY_TRACES_BYTES_MAX',
    'bytes',
    'marks of the organisation that has most are forgotten; the sweep finds these traces in ClickHouse',
    'spanledger_dirty_traces_overflow_total',
    { holds: ['fair-marks.ts#marks', 'fair-marks.ts##lines'] },
  ),
  set(
    'SPANLEDGER_SETTLE_TRACES_MAX',
    'traces of a step',
    'left to the next step, taken in turns of organisations',
    'spanledger_dirty_traces',
  ),
  set(
    'SPANLEDGER_SETTLE_FACTS_MAX',
    'facts of a step',
    'the next step takes fewer traces',
    'spanledger_settle_step_traces',
  ),
  set(
    'SPANLEDGER_TICK_MS',
    'ms of steps in a row',
    'what was settled is rolled up before the next step',
    'spanledger_job_seconds',
  ),
  fixed(
    'traces of a page of the sweep',
    [SWEEP_TRACES_MAX, 'traces'],
    'found with the next page',
    'spanledger_jobs_total',
    { label: 'sweep', holds: ['settle-traces.ts##page'] },
  ),
  fixed(
    'traces read whole around a trace',
    [UNIT_LIMITS.joined_traces_max, 'traces'],
    'the unit takes less, and its rows have the doubt unit_bounded',
    'spanledger_bounded_units_total',
  ),
  fixed(
    'minutes, hours and days that wait to be rolled up, each',
    [PENDING_KEYS_MAX, 'keys of organisation and time'],
    'forgotten; the next sweep finds them in ClickHouse',
    'spanledger_roll_up_overflow_total',
    { holds: ['roll-up.ts##pending'] },
  ),
  fixed(
    'calls whose answers wait to be judged',
    [ANSWERS_PAGE_MAX, 'calls, or those of one insert where they are more'],
    'left in ClickHouse for the next page',
    'spanledger_answers_waiting',
    { holds: ['answer-judge.ts##waiting'] },
  ),
  fixed(
    'bytes of a value in which an answer is looked for',
    [ANSWER_BYTES_MAX, 'bytes'],
    'not read; without another place the answer is not judged',
    'spanledger_answers_total',
    { label: 'nothing_stored' },
  ),
  fixed(
    'calls whose answers are read at once',
    [ANSWERS_READ_MAX, 'calls'],
    'read with the next step',
    'spanledger_answer_steps_total',
  ),
];

const CLICKHOUSE: readonly Bound[] = [
  set(
    'SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX',
    'bytes',
    'the query fails; settling asks for fewer traces, and a single trace beyond it is left and named in the log',
    'spanledger_unsettled_traces_total',
  ),
  set('SPANLEDGER_CLICKHOUSE_WAIT_MS', 'ms', 'given up, and tried again', 'spanledger_store_up'),
  fixed(
    'connections for queries, of the service and of askers, each',
    [QUERY_CONNECTIONS_MAX, 'connections'],
    'wait',
    'spanledger_store_up',
  ),
  fixed(
    'connections for inserts',
    [INSERT_CONNECTIONS_MAX, 'connections'],
    'wait',
    'spanledger_blocks_free',
  ),
  fixed(
    'wait for ClickHouse by /readyz',
    [PING_WAIT_MS, 'ms'],
    '503: ClickHouse does not answer',
    'spanledger_store_up',
  ),
  set(
    'SPANLEDGER_STOP_WAIT_MS',
    'ms',
    'the next start settles the rest',
    'spanledger_dirty_traces',
  ),
];

/** By where the data is: the page has one table for each. */
export const BOUNDS: Readonly<Record<string, readonly Bound[]>> = {
  Connections: CONNECTIONS,
  Receiving: RECEIVING,
  Settling: SETTLING,
  Asking: ASKING,
  ClickHouse: CLICKHOUSE,
};
