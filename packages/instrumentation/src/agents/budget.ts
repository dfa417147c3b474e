// Asks before a piece of work whether a budget of it is used up: one small request of bounded time. The one
// place where the program may be told not to go on, because it asked to be.

import { context, trace, type Attributes, type SpanContext } from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { currentRun } from './agent-run.ts';
import { given, givenNumber, givenText } from '../context/given.ts';
import * as own from '../run-attributes.ts';
import { askService, ownService } from './own-service.ts';
import { eventsAreTaken, tellEvent } from './run-events.ts';
import { safely, warnOnce } from '../safely.ts';
import { AGENT_NAME, USER_ID } from '../semantic-conventions.ts';

export interface BudgetOptions {
  /** Who is about to work; agent and user are those of the context when left out. */
  agent?: string;
  user?: string;
  model?: string;
  tool?: string;
  /** Where nobody can say: go on (`open`, when left out), or stop (`closed`). */
  on_failure?: 'open' | 'closed';
  /** The longest that the answer is waited for; 500 when left out. */
  wait_ms?: number;
  /** The service and its key; of SPANLEDGER_URL and SPANLEDGER_KEY when left out. */
  url?: string;
  key?: string;
}

export type BudgetReason = 'exhausted' | 'unreachable';

/** The work did not begin. */
export class BudgetStopped extends Error {
  readonly reason: BudgetReason;
  /** The budgets that are used up; none where nobody could say. */
  readonly budgets: readonly string[];

  constructor(reason: BudgetReason, budgets: readonly string[]) {
    super(
      reason === 'exhausted'
        ? `cannot begin: used up: ${budgets.join(', ')}`
        : 'cannot begin: nobody can say whether a budget is used up',
    );
    this.name = 'BudgetStopped';
    this.reason = reason;
    this.budgets = budgets;
  }
}

interface StoppedBy {
  readonly name: string;
  readonly scope: string;
}

const WAIT_MS = 500;
const WAIT_LIMIT_MS = 60_000;
const ID_LIMIT_CHARS = 200;
/**
 * Runs `fn` unless a budget that stops is used up. Rejects with a BudgetStopped instead, or with what `fn`
 * itself throws. What runs already is not called off.
 */
export async function withBudget<T>(options: BudgetOptions, fn: () => T): Promise<Awaited<T>> {
  const asker = safely('a budget', () => askerOf(options)) ?? {};
  const answer = await ask(options, asker);
  if (answer === null) {
    warnOnce('budget', 'the service cannot be asked about budgets');
    if (given(options, 'on_failure') === 'closed') throw stop('unreachable', [], asker);
  } else if (answer.length > 0) throw stop('exhausted', answer, asker);
  return await fn();
}

type Asker = Readonly<Partial<Record<'agent' | 'user' | 'model' | 'tool', string>>>;

function askerOf(options: unknown): Asker {
  const inherited = contextAttributes(context.active()) ?? {};
  const said = (field: string, name?: string): string | undefined => {
    const known = name === undefined ? undefined : inherited[name];
    const value = givenText(options, field) ?? (typeof known === 'string' ? known : undefined);
    return value === undefined || value === '' ? undefined : value.slice(0, ID_LIMIT_CHARS);
  };
  const all = {
    agent: said('agent', AGENT_NAME),
    user: said('user', USER_ID),
    model: said('model'),
    tool: said('tool'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The budgets that are used up; null where nobody could say in time. Never rejects. */
async function ask(options: unknown, asker: Asker): Promise<readonly StoppedBy[] | null> {
  const known = ownService();
  const url = givenText(options, 'url') ?? known?.url;
  if (url === undefined) return null;
  const key = givenText(options, 'key');
  const headers = key === undefined ? (known?.headers ?? {}) : { authorization: `Bearer ${key}` };
  const wait_ms = givenNumber(options, 'wait_ms', WAIT_LIMIT_MS) ?? WAIT_MS;
  const path = `api/v1/budgets/check?${new URLSearchParams({ ...asker }).toString()}`;
  return read(await askService({ url, headers }, path, wait_ms));
}

function read(answer: unknown): readonly StoppedBy[] | null {
  const stopped = given(answer, 'stopped_by');
  if (given(answer, 'allowed') === true) return [];
  if (given(answer, 'allowed') !== false || !Array.isArray(stopped)) return null;
  return stopped.map((one: unknown) => ({
    name: givenText(one, 'name') ?? '',
    scope: givenText(one, 'scope') ?? '',
  }));
}

function stop(reason: BudgetReason, by: readonly StoppedBy[], asker: Asker): BudgetStopped {
  const names = by.map(({ name }) => name);
  safely('a budget', () => {
    const attributes: Attributes = { [own.BUDGET_REASON]: reason };
    if (asker.agent !== undefined) {
      attributes[own.BUDGET_AGENT] = asker.agent;
      attributes[AGENT_NAME] = asker.agent;
    }
    if (names.length > 0) {
      attributes[own.BUDGET_NAME] = names.join(', ');
      attributes[own.BUDGET_SCOPE] = by.map(({ scope }) => scope).join(', ');
    }
    const run = currentRun();
    if (run !== null) run.note(own.EXECUTION_BUDGET_STOPPED, attributes);
    else if (eventsAreTaken()) tell(attributes);
  });
  return new BudgetStopped(reason, names);
}

/** Outside of a run, the event stands alone: nothing ran. */
function tell(attributes: Attributes): void {
  const around = contextAttributes(context.active());
  const span = trace.getActiveSpan()?.spanContext() ?? ownPlace();
  tellEvent(own.EXECUTION_BUDGET_STOPPED, span, { ...around, ...attributes });
}

function ownPlace(): SpanContext {
  const id = (bytes: number): string =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
  return { traceId: id(16), spanId: id(8), traceFlags: 1 };
}
