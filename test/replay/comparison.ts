// Holds the ledger of one exchange against what its recorded answer tells.

import {
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  TOKEN_CLASSES,
  type LedgerRow,
  type TokenClass,
} from '@spanledger/ledger';
import type { Exchange } from './exchange.ts';
import { ledgerOf, type ExchangeLedger } from './ledger.ts';
import { asksForStream, type Plan } from './plan.ts';
import type { Failure, Made } from './runs.ts';
import { billerAt } from './told/biller.ts';
import { askedModel, toldBy, type Told } from './told/index.ts';

/**
 * exact: the ledger holds all that the answer tells, and nothing else. free: a request that bills no
 * tokens, and none are counted. not_carried: the ledger lacks something and says why. not_made: no
 * JavaScript SDK can make the exchange. contradiction: the ledger is wrong.
 */
export type Result = 'exact' | 'free' | 'not_carried' | 'not_made' | 'contradiction';

export interface Comparison {
  readonly file: string;
  readonly index: number;
  readonly request: string;
  readonly host: string;
  readonly status: number;
  /** The client that made it; '' for none. */
  readonly sdk: string;
  /** Who bills, as the ledger says; '' where nothing is counted. */
  readonly provider: string;
  readonly result: Result;
  /** What is missing or wrong, or why it was not made. */
  readonly notes: readonly string[];
  readonly told: Totals;
  readonly counted: Totals;
}

/** Tokens in and out, all classes together; null where unknown. */
export interface Totals {
  readonly input: number | null;
  readonly output: number | null;
}

const NO_TOTALS: Totals = { input: null, output: null };

type Judgement = Pick<Comparison, 'result' | 'notes'> &
  Partial<Pick<Comparison, 'told' | 'counted' | 'provider'>>;

/** `made` is null for an exchange that no SDK was asked to make. */
export function compare(
  exchange: Exchange,
  plan: Plan,
  sdk: string,
  made: Made | null,
): Comparison {
  return {
    file: exchange.file,
    index: exchange.index,
    request: `${exchange.method} ${decodeURIComponent(exchange.url.pathname)}`,
    host: exchange.url.hostname,
    status: exchange.status,
    sdk,
    provider: '',
    told: NO_TOTALS,
    counted: NO_TOTALS,
    ...judge(exchange, plan, made),
  };
}

function judge(exchange: Exchange, plan: Plan, made: Made | null): Judgement {
  if (plan.kind === 'not_made') return { result: 'not_made', notes: [plan.reason] };
  if (made === null) return { result: 'not_made', notes: ['its SDK is not installed here'] };
  const ledger = ledgerOf(made.otlp);
  const strange = strangeRequest(exchange, made);
  if (plan.kind === 'free') {
    if (ledger.counted.length === 0) {
      return strange === ''
        ? { result: 'free', notes: [] }
        : { result: 'not_made', notes: [strange] };
    }
    return contradiction([
      `counted ${ledger.counted.length} calls, though this request bills none`,
    ]);
  }
  if (strange !== '') return { result: 'not_made', notes: [strange] };
  const told = toldBy(exchange, plan.protocol);
  const totals = { told: totalsTold(told), counted: totalsCounted(ledger) };
  const rows = exchange.status >= 400 ? [...ledger.counted, ...ledger.refused] : ledger.counted;
  const within = told.within.length === 0 ? [] : rows.filter(isWithin(ledger));
  const [row, ...others] = rows.filter((each) => !within.includes(each));
  if (row === undefined) return { ...absent(told, plan.unhooked, made.failure), ...totals };
  if (others.length > 0)
    return { ...contradiction([`counted as ${rows.length} calls`]), ...totals };
  const wrong = wrongWithin(within, told);
  if (wrong.length > 0) return { ...contradiction(wrong), ...totals };
  const { provider } = row;
  return { provider, ...judgeRow(exchange, row, ledger, told, made.failure), ...totals };
}

const contradiction = (notes: readonly string[]): Judgement => ({ result: 'contradiction', notes });

/** What the SDK did instead of the recorded request; '' where it made it. */
function strangeRequest(exchange: Exchange, { requests, failure }: Made): string {
  const [first] = requests;
  if (first === undefined) {
    return `the SDK does not send the recorded request: ${failure?.name}: ${failure?.message}`;
  }
  const wanted = `${exchange.method} ${plain(exchange.url.pathname)}`;
  return plain(first.split('?')[0] ?? '') === wanted
    ? ''
    : `the SDK asks for ${first} instead of ${wanted}`;
}

/** Methods of Gemini that are one for callers: the SDK chooses. */
const plain = (path: string): string =>
  decodeURIComponent(path).replace(/\/+/g, '/').replace(/\/$/, '');

function absent(told: Told, unhooked: string, failure: Failure | null): Judgement {
  if (unhooked === '') {
    const threw =
      failure === null ? '' : `, and the SDK throws ${failure.name}: ${failure.message}`;
    return contradiction([`the call is not in the ledger${threw}`]);
  }
  return told.tokens === null
    ? { result: 'free', notes: [] }
    : { result: 'not_carried', notes: [unhooked] };
}

function judgeRow(
  exchange: Exchange,
  row: LedgerRow,
  ledger: ExchangeLedger,
  told: Told,
  failure: Failure | null,
): Judgement {
  // An answer that the SDK throws at its program is not one to it, whatever it tells.
  if (failure !== null && exchange.status < 400 && !told.failed && row.status === 'error') {
    return {
      result: 'not_carried',
      notes: [`the SDK throws: ${failure.name}: ${failure.message}`],
    };
  }
  const wrong = [
    ...wrongTokens(row, told),
    ...wrongAccount(ledger, told),
    ...wrongNames(exchange, row, told),
    ...wrongOutcome(exchange, row, ledger, isFailure(told, failure)),
    ...wrongTools(ledger, told),
  ];
  if (wrong.length > 0) return contradiction(wrong);
  const notes = [...told.beside];
  if (told.tokens === null && exchange.status < 400) {
    notes.push(`the answer tells no usage (${row.usage_reason})`);
  }
  if (told.tool_calls.length > 0 && ledger.tool_calls === null) {
    notes.push(`no attribute tells of ${told.tool_calls.length} tool calls`);
  }
  return { result: notes.length === 0 ? 'exact' : 'not_carried', notes };
}

/** An error inside an answer: the answer itself says it failed, or the SDK throws the event at the program. */
function isFailure(told: Told, failure: Failure | null): boolean {
  return told.failed && (failure !== null || told.finish_reasons.includes('error'));
}

/** Rows of spans beneath another row's span. */
const isWithin =
  ({ facts, counted }: ExchangeLedger) =>
  ({ span_id }: LedgerRow): boolean => {
    const above = facts.find((fact) => fact.span_id === span_id)?.parent_span_id ?? '';
    return counted.some((row) => row.span_id === above);
  };

function wrongWithin(rows: readonly LedgerRow[], told: Told): string[] {
  if (rows.length !== told.within.length) {
    return [`${rows.length} of ${told.within.length} calls within the answer`];
  }
  return told.within.flatMap(({ model, tokens }, place) => {
    const row = rows[place] as LedgerRow;
    const wrong = wrongTokens(row, { ...told, tokens });
    if (row.response_model !== model) wrong.push(`model "${row.response_model}" of "${model}"`);
    return wrong.map((what) => `within the answer: ${what}`);
  });
}

function wrongTokens(row: LedgerRow, told: Told): string[] {
  const wrong: string[] = [];
  for (const name of TOKEN_CLASSES) {
    const [counted, wanted] = [row[name], told.tokens?.[name]];
    if (counted === wanted || (counted === null && (wanted ?? 0) === 0)) continue;
    wrong.push(`${name}: ${counted ?? 'unknown'} of ${wanted ?? 'none told'}`);
  }
  if (told.tokens === null && row.counted && row.usage_reason === '')
    wrong.push('no usage, and no reason for it');
  return wrong;
}

/** The account that the command shows must hold the same sums. */
function wrongAccount({ account }: ExchangeLedger, told: Told): string[] {
  const { input, output } = totalsTold(told);
  const wrong: string[] = [];
  if ((account.totals.input_total ?? 0) !== (input ?? 0)) {
    wrong.push(`the account says ${account.totals.input_total} input of ${input}`);
  }
  if ((account.totals.output_total ?? 0) !== (output ?? 0)) {
    wrong.push(`the account says ${account.totals.output_total} output of ${output}`);
  }
  return wrong;
}

function wrongNames(exchange: Exchange, row: LedgerRow, told: Told): string[] {
  const wrong: string[] = [];
  const biller = billerAt(exchange.url.hostname);
  if (biller !== '' && row.provider !== biller) {
    wrong.push(`provider: "${row.provider}" of "${biller}"`);
  }
  const asked = askedModel(exchange);
  if (asked !== '' && row.request_model !== asked) {
    wrong.push(`request model: "${row.request_model}" of "${asked}"`);
  }
  if (told.model !== '' && row.response_model !== told.model) {
    wrong.push(`response model: "${row.response_model}" of "${told.model}"`);
  }
  const reasons = [...row.finish_reasons].sort().join(' ');
  const wanted = [...told.finish_reasons].sort().join(' ');
  if (reasons !== wanted) wrong.push(`finish reasons: "${reasons}" of "${wanted}"`);
  return wrong;
}

function wrongOutcome(
  exchange: Exchange,
  row: LedgerRow,
  { facts }: ExchangeLedger,
  brokenOff: boolean,
): string[] {
  const wrong: string[] = [];
  const refused = exchange.status >= 400;
  if ((refused || brokenOff) !== (row.status === 'error')) {
    wrong.push(`HTTP ${exchange.status}, and the status is ${row.status} ${row.error_type}`.trim());
  }
  const status = facts.find(({ span_id }) => span_id === row.span_id)?.http_status ?? null;
  if (refused && status !== exchange.status) {
    wrong.push(`HTTP status: ${status} of ${exchange.status}`);
  }
  if (row.status === 'error' && row.error_type === '') wrong.push('an error without a type');
  const streamed = asksForStream(exchange);
  if (!refused && streamed !== (row.streaming === true)) {
    wrong.push(streamed ? 'not known as a stream' : 'known as a stream, which it was not');
  }
  return wrong;
}

/** Names in any order; where nothing tells of them, that is no contradiction. */
function wrongTools({ tool_calls }: ExchangeLedger, told: Told): string[] {
  if (tool_calls === null) return [];
  const asked = tool_calls.filter((name) => !told.hosted_calls.includes(name));
  const [names, wanted] = [asked, told.tool_calls].map((all) => [...all].sort().join(' '));
  return names === wanted ? [] : [`tool calls: "${names}" of "${wanted}"`];
}

function totalsTold({ tokens, within }: Told): Totals {
  if (tokens === null) return NO_TOTALS;
  const all = [tokens, ...within.map((inner) => inner.tokens ?? {})];
  const totalOf = (classes: readonly TokenClass[]): number | null => {
    const known = all.map((each) => sum(each, classes)).filter((count) => count !== null);
    return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
  };
  return { input: totalOf(INPUT_CLASSES), output: totalOf(OUTPUT_CLASSES) };
}

function totalsCounted({ account, counted }: ExchangeLedger): Totals {
  if (counted.length === 0) return NO_TOTALS;
  return { input: account.totals.input_total, output: account.totals.output_total };
}

function sum(
  tokens: Readonly<Partial<Record<TokenClass, number>>>,
  classes: readonly TokenClass[],
): number | null {
  const known = classes.map((name) => tokens[name]).filter((count) => count !== undefined);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
