// The price book of the service: the bundled lists behind the operator's price file, read at the start
// and again whenever the file changes. A file that is wrong stops a start; later it changes nothing.

import { readFile, stat } from 'node:fs/promises';
import {
  bundledPriceBook,
  readPriceFile,
  SpanledgerError,
  type DisplayCurrency,
  type PriceBook,
} from '@spanledger/ledger';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

export interface PriceSourceOptions {
  /** '' for no file. */
  readonly file: string;
  readonly reload_ms: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Each reading of a changed file. */
  readonly onReload: (outcome: 'taken' | 'refused') => void;
}

interface Loaded {
  readonly book: PriceBook;
  readonly currencies: readonly DisplayCurrency[];
}

export class PriceSource {
  readonly #options: PriceSourceOptions;
  #loaded: Loaded;
  /** Time and size of the file that was read last, taken or refused. */
  #seen: string;
  #callOff: (() => void) | null = null;
  #checking: Promise<void> | null = null;
  #stopped = false;
  #refused = false;

  private constructor(options: PriceSourceOptions, loaded: Loaded, seen: string) {
    this.#options = options;
    this.#loaded = loaded;
    this.#seen = seen;
  }

  /** Throws `invalid_price_file` for a file that is not there or not right. */
  static async open(options: PriceSourceOptions): Promise<PriceSource> {
    const { file } = options;
    const seen = await stampOf(file);
    const source = new PriceSource(options, await load(file), seen);
    if (file !== '') source.#sleep();
    return source;
  }

  get book(): PriceBook {
    return this.#loaded.book;
  }

  /** For reports; what is stored is in dollars. */
  get currencies(): readonly DisplayCurrency[] {
    return this.#loaded.currencies;
  }

  /** True while the file on disk is wrong, and the book before it is used. */
  get refused(): boolean {
    return this.#refused;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#checking;
  }

  #sleep(): void {
    const { clock, reload_ms } = this.#options;
    this.#callOff = clock.after(reload_ms, () => {
      this.#checking = this.#check().finally(() => {
        if (!this.#stopped) this.#sleep();
      });
    });
  }

  async #check(): Promise<void> {
    const { file, log, onReload } = this.#options;
    const seen = await stampOf(file);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const before = this.book.version;
    try {
      this.#loaded = await load(file);
      this.#refused = false;
      onReload('taken');
      const next = 'stored rows keep their prices until "spanledger recost"';
      log.info({ file, before, now: this.book.version, next }, 'the price file was read again');
    } catch (error) {
      this.#refused = true;
      onReload('refused');
      const reason = (error as Error).message;
      log.error({ reason }, 'the price file is not used; the prices before it are');
    }
  }
}

/** Another one for another content; '' where there is no file to look at. */
async function stampOf(file: string): Promise<string> {
  if (file === '') return '';
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return '';
  }
}

async function load(file: string): Promise<Loaded> {
  if (file === '') return { book: bundledPriceBook(), currencies: [] };
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const detail = `${file}: cannot be read, ${code}`;
    throw new SpanledgerError('invalid_price_file', detail, { cause: error });
  });
  const own = await readPriceFile(text, file);
  return { book: bundledPriceBook({ own }), currencies: own.currencies };
}
