// The routes about generations: the record of one, those of a user or of all, newest first, and how they
// went by user and by day.

import { GENERATION_CONTENT, SpanledgerError, usd } from '@spanledger/ledger';
import type { GenerationRow, GenerationUserRow } from '@spanledger/store';
import { z } from 'zod';
import { mayReadContent } from '../keys/content-right.ts';
import type { Caller } from '../keys/keys.ts';
import { pageLimit, pageOf, PAGE, readCursor } from './paging.ts';
import { LIMIT, PERIOD } from './parameters.ts';
import { period, route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 366 * DAY_MS;
const HOUR_S = 3_600;
const NS_PER_S = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
const LISTED = 50;
const LISTED_MAX = 500;
const HOURS_MAX = 745;
const ID_CHARACTERS_MAX = 256;

const id = z.string().min(1).max(ID_CHARACTERS_MAX).describe('an id of 1 to 256 characters');
const USER = { user_id: id.optional() };

export function generationRoutes(stages: Stages): readonly Route[] {
  const { abandoned_ms } = stages.config;
  return [
    route({
      method: 'GET',
      path: '/api/v1/generations',
      meaning: 'The generations of a period, of all users or of one, the newest first.',
      parameters: {
        ...PERIOD,
        ...USER,
        limit: pageLimit(LISTED_MAX, LISTED).optional(),
        cursor: PAGE.cursor,
      },
      answer: async (org, { user_id: user, limit = LISTED, cursor, ...given }) => {
        const asked = { org, ...period(given, MONTH_MS), abandoned_ms, limit: limit + 1 };
        const [ns, trace, span] = readCursor(cursor, 3) ?? [];
        const place = { before_ns: ns, before_trace: trace, before_span: span };
        const rows = await stages.store.ask('generations', {
          ...asked,
          ...known({ user, ...place }),
        });
        const page = pageOf(rows, limit, ({ start_ns, trace_id, span_id }) => [
          ...[String(start_ns), trace_id, span_id],
        ]);
        return { generations: page.rows.map(generationAnswer), next_cursor: page.next_cursor };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/generations/:id',
      meaning: 'The record of one generation, with what was asked for and made, where it is kept.',
      parameters: { id },
      answer: (org, given, caller) => generationOf(stages, org, given.id, caller),
    }),
    route({
      method: 'GET',
      path: '/api/v1/generations-by-user',
      meaning: 'What users asked to be made in 30 days or another period, and what it used.',
      parameters: { ...PERIOD, ...USER, ...LIMIT },
      answer: async (org, { user_id: user, limit, ...given }) => {
        const asked = { org, ...period(given, MONTH_MS), abandoned_ms, ...known({ user, limit }) };
        const rows = await stages.store.ask('generations_by_user', asked);
        return { users: rows.map(userAnswer) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/generations-by-day',
      meaning: 'How generations went by day, over 7 days or another period.',
      parameters: { ...PERIOD, ...USER, ...LIMIT },
      answer: async (org, { user_id: user, limit, ...given }) => {
        const asked = { org, ...period(given, WEEK_MS), abandoned_ms, ...known({ user, limit }) };
        return { days: await stages.store.ask('generations_by_day', asked) };
      },
    }),
  ];
}

/** Without what was not given. */
function known<Given extends object>(
  given: Given,
): { [Name in keyof Given]?: NonNullable<Given[Name]> } {
  const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(pairs) as { [Name in keyof Given]?: NonNullable<Given[Name]> };
}

async function generationOf(
  stages: Stages,
  org: string,
  generation: string,
  caller: Caller,
): Promise<unknown> {
  const { abandoned_ms } = stages.config;
  const asked = { org, ...period({}, YEAR_MS), generation, abandoned_ms, limit: 1 };
  const [row] = await stages.store.ask('generations', asked);
  if (row === undefined) throw new SpanledgerError('not_found', `generation ${generation}`);
  const shown = await mayReadContent(stages, caller);
  const content = shown ? await contentOf(stages, org, row) : {};
  const fields = Object.entries(GENERATION_CONTENT).map(([field, name]) => [
    field,
    jsonOf(content[name]),
  ]);
  return {
    ...generationAnswer(row),
    ...(Object.fromEntries(fields) as object),
    content_shown: shown,
  };
}

async function contentOf(
  { store }: Stages,
  org: string,
  row: GenerationRow,
): Promise<Readonly<Record<string, string>>> {
  const { trace_id: trace, span_id: span } = row;
  const names = Object.values(GENERATION_CONTENT);
  const asked = { org, trace, span, hours: hoursOf(row), limit: LISTED, names };
  const rows = await store.ask('generation_content', asked);
  return Object.assign({}, ...rows.map(({ content }) => content)) as Record<string, string>;
}

/** Where its first and its last record lie. */
function hoursOf({ start_ns, last_seen_ns }: GenerationRow): number[] {
  const first_s = Math.floor(Number(start_ns / NS_PER_S) / HOUR_S) * HOUR_S;
  const last_s = Number(last_seen_ns / NS_PER_S);
  const hours = Math.min(HOURS_MAX, Math.floor((last_s - first_s) / HOUR_S) + 1);
  return Array.from({ length: hours }, (_, index) => first_s + index * HOUR_S);
}

/** Content is kept as JSON text; what was cut off is a text. Null where none is kept. */
function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function generationAnswer(row: GenerationRow): object {
  const { generation_id, start_ns, end_ns, last_seen_ns, status, cost_usd, ...rest } = row;
  const { input_uncached, cache_read, cache_write_5m, cache_write_1h, ...others } = rest;
  const { audio_in, image_in, output, reasoning, audio_out, image_out, ...record } = others;
  const input_token_details = {
    ...{ input_uncached, cache_read, cache_write_5m, cache_write_1h, audio_in, image_in },
  };
  const completion_token_details = { output, reasoning, audio_out, image_out };
  const input_tokens = sumOf(Object.values(input_token_details));
  const output_tokens = sumOf(Object.values(completion_token_details));
  return {
    ...{ id: generation_id, status, success: successOf(status), ...record },
    ...{ total_tokens: sumOf([input_tokens, output_tokens]), input_tokens, output_tokens },
    ...{ input_token_details, completion_token_details, cost_usd: usd(cost_usd) },
    ...{ created_at: timeText(start_ns), completed_at: end_ns === null ? null : timeText(end_ns) },
    last_seen_at: timeText(last_seen_ns),
  };
}

function successOf(status: string): boolean | null {
  return status === 'running' ? null : status === 'completed';
}

/** Null where nothing is known. */
function sumOf(figures: readonly (number | null)[]): number | null {
  const all = figures.filter((one) => one !== null);
  return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0);
}

function userAnswer({ cost_usd, input_total, output_total, ...row }: GenerationUserRow): unknown {
  const tokens = { input_tokens: input_total, output_tokens: output_total };
  return {
    ...{ ...row, ...tokens, total_tokens: sumOf([input_total, output_total]) },
    cost_usd: usd(cost_usd),
  };
}

function timeText(time_ns: bigint): string {
  return new Date(Number(time_ns / NS_PER_MS)).toISOString();
}
