// Requests are decoded into one block until it is full or old enough; then its tables are inserted
// together. A request is stored when its block is. Blocks are few, and none free means busy: that
// is the back-pressure. ClickHouse pays per insert, so an insert per request must never happen.

import { pause, type Clock } from '../clock.ts';
import { TABLES } from '../metrics/metric-labels.ts';
import { Busy } from './try-later.ts';

export type Table = (typeof TABLES)[number];

/** What grouping needs of a block; the ledger's Block has it. */
export interface RowBlock<Mark> {
  readonly spans: number;
  readonly facts: number;
  readonly logs: number;
  readonly points: number;
  readonly size_bytes: number;
  mark(): Mark;
  /** The days of the rows that came after the mark. */
  days(since: Mark): ReadonlySet<number>;
  rollback(mark: Mark): void;
  reset(): void;
  parts(table: Table): Uint8Array[];
}

export interface GroupOptions<Block> {
  readonly limits: {
    readonly block_rows: number;
    readonly block_bytes: number;
    readonly block_days_max: number;
    readonly block_wait_ms: number;
    readonly block_rest_ms: number;
    readonly blocks_max: number;
    readonly insert_attempts_max: number;
  };
  readonly clock: Clock;
  readonly newBlock: () => Block;
  /** A new deduplication token for each block; it stays the same when the block is sent again. */
  readonly newToken: () => string;
  readonly insert: (table: Table, parts: Uint8Array[], token: string) => Promise<void>;
  readonly onBlock?: (rows: number, stored: boolean) => void;
  /** A block that was on its way is free again. */
  readonly onFree?: () => void;
}

export interface Added<Receipt> {
  readonly receipt: Receipt;
  /** Fulfilled when all tables of the request's block are in ClickHouse. */
  readonly stored: Promise<void>;
}

interface OpenBlock<Block> {
  readonly block: Block;
  /** Of its rows: each is a part that ClickHouse writes. */
  readonly days: Set<number>;
  readonly begun_ms: number;
  readonly stored: Promise<void>;
  readonly finish: (work: Promise<void>) => void;
  callOff: () => void;
  /** It has waited long enough, and goes as soon as another block is free to follow it. */
  due: boolean;
}

/** The rows of a request lie in more days than a block takes: it must be split. */
export class TooManyDays extends Error {
  constructor(days: number, limit: number) {
    super(`${days} days; limit of a block: ${limit} days`);
  }
}

/**
 * A part costs ClickHouse much whatever its rows, when it is written and when it is merged. So a block
 * that is not full follows another after so many times the time that one took: the busier ClickHouse
 * is, the larger the blocks.
 */
const REST_TIMES = 4;
const RETRY_WAIT_MS = 100;
const RETRY_GROWTH = 3;

export class Grouper<Mark, Block extends RowBlock<Mark>> {
  readonly #options: GroupOptions<Block>;
  readonly #free: Block[];
  readonly #sending = new Set<Promise<void>>();
  #open: OpenBlock<Block> | null = null;
  #restUntil_ms = 0;

  constructor(options: GroupOptions<Block>) {
    this.#options = options;
    this.#free = Array.from({ length: options.limits.blocks_max }, options.newBlock);
  }

  get free(): number {
    return this.#free.length;
  }

  /** Whether a request could be added now. */
  get room(): boolean {
    return this.#open !== null || this.#free.length > 0;
  }

  /**
   * Throws `busy` without a free block, TooManyDays, and what `decode` throws; the block is then as
   * before.
   */
  add<Receipt>(decode: (block: Block) => Receipt): Added<Receipt> {
    const open = (this.#open ??= this.#begin());
    const { block } = open;
    const before = rowsOf(block);
    const mark = block.mark();
    let receipt: Receipt;
    try {
      receipt = decode(block);
      if (!this.#addDays(open, block.days(mark))) {
        block.rollback(mark);
        this.#send(open);
        return this.add(decode);
      }
    } catch (error) {
      block.rollback(mark);
      if (before === 0) this.#abandon(open);
      throw error;
    }
    const rows = rowsOf(block);
    if (rows === 0) this.#abandon(open);
    if (rows === before) return { receipt, stored: Promise.resolve() };
    const { block_rows, block_bytes } = this.#options.limits;
    if (largestTable(block) >= block_rows || block.size_bytes >= block_bytes) this.#send(open);
    return { receipt, stored: open.stored };
  }

  /** False when the rows must go into another block, because this one has other days. */
  #addDays({ days }: OpenBlock<Block>, added: ReadonlySet<number>): boolean {
    const { block_days_max } = this.#options.limits;
    if (added.size > block_days_max) throw new TooManyDays(added.size, block_days_max);
    let total = days.size;
    for (const day of added) if (!days.has(day)) total++;
    if (total > block_days_max) return false;
    for (const day of added) days.add(day);
    return true;
  }

  /** Sends what is waiting and resolves when nothing is on its way any more. */
  async drain(): Promise<void> {
    if (this.#open !== null) this.#send(this.#open);
    while (this.#sending.size > 0) await Promise.allSettled(this.#sending);
  }

  #begin(): OpenBlock<Block> {
    const block = this.#free.pop();
    if (block === undefined) {
      throw new Busy('blocks', `limit: ${this.#options.limits.blocks_max} blocks`);
    }
    let finish: (work: Promise<void>) => void = () => undefined;
    const stored = new Promise<void>((resolve) => (finish = resolve));
    // Every waiting request looks at the outcome; without one it must not count as unhandled.
    stored.catch(() => undefined);
    const { clock, limits } = this.#options;
    const callOff = clock.after(limits.block_wait_ms, () => {
      open.due = true;
      this.#sendDue();
    });
    const days = new Set<number>();
    const begun_ms = clock.now();
    const open: OpenBlock<Block> = { block, days, begun_ms, stored, finish, callOff, due: false };
    return open;
  }

  /** With all others on their way a due block goes on filling: sent, it would leave none to fill. */
  #sendDue(): void {
    const open = this.#open;
    if (open === null || !open.due || this.#free.length === 0) return;
    open.callOff();
    const wait_ms = this.#rest_ms(open);
    if (wait_ms <= 0) this.#send(open);
    else open.callOff = this.#options.clock.after(wait_ms, () => this.#sendDue());
  }

  /** How long a due block still waits for ClickHouse to be done with the ones before it. */
  #rest_ms({ begun_ms }: OpenBlock<Block>): number {
    const { clock, limits } = this.#options;
    const latest_ms = begun_ms + limits.block_wait_ms + limits.block_rest_ms;
    const until_ms = this.#sending.size > 0 ? latest_ms : Math.min(this.#restUntil_ms, latest_ms);
    return until_ms - clock.now();
  }

  #abandon(open: OpenBlock<Block>): void {
    open.callOff();
    open.block.reset();
    this.#free.push(open.block);
    this.#open = null;
  }

  #send(open: OpenBlock<Block>): void {
    open.callOff();
    if (this.#open === open) this.#open = null;
    const work = this.#store(open.block);
    this.#sending.add(work);
    open.finish(work);
    const ended = (): void => {
      this.#sending.delete(work);
      this.#sendDue();
    };
    void work.then(ended, ended);
  }

  /** Inserts all tables; the block is free again only after the last answer, as parts alias it. */
  async #store(block: Block): Promise<void> {
    const { clock } = this.#options;
    const begun_ms = clock.now();
    const rows = largestTable(block);
    const token = this.#options.newToken();
    const outcomes = await Promise.allSettled(
      TABLES.map((table) => this.#insert(table, block.parts(table), token)),
    );
    block.reset();
    this.#free.push(block);
    this.#restUntil_ms = clock.now() + REST_TIMES * (clock.now() - begun_ms);
    this.#options.onFree?.();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    this.#options.onBlock?.(rows, failed === undefined);
    if (failed !== undefined) throw failed.reason;
  }

  async #insert(table: Table, parts: Uint8Array[], token: string): Promise<void> {
    if (parts.length === 0) return;
    let wait_ms = RETRY_WAIT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#options.insert(table, parts, token);
      } catch (error) {
        if (attempt >= this.#options.limits.insert_attempts_max) throw error;
        await pause(this.#options.clock, wait_ms);
        wait_ms *= RETRY_GROWTH;
      }
    }
  }
}

/** The rows of a block are those of its largest table: facts lie beside spans, not on top. */
function largestTable(block: RowBlock<unknown>): number {
  return Math.max(block.spans, block.facts, block.logs, block.points);
}

function rowsOf(block: RowBlock<unknown>): number {
  return block.spans + block.facts + block.logs + block.points;
}
