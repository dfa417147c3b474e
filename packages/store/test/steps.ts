// A connection that halts before every question and every insert, so that a test decides which of
// two loops takes the next step.

import { Connection, type StoreOptions } from '../src/clickhouse/connection.ts';

class SteppedConnection extends Connection {
  readonly #halt: () => Promise<void>;

  constructor(options: StoreOptions, halt: () => Promise<void>) {
    super(options);
    this.#halt = halt;
    const insert = this.inserter.insert.bind(this.inserter);
    this.inserter.insert = async (...given) => {
      await halt();
      return insert(...given);
    };
  }

  override async command(...given: Parameters<Connection['command']>): Promise<void> {
    await this.#halt();
    return super.command(...given);
  }

  override async rows(
    ...given: Parameters<Connection['rows']>
  ): Promise<Record<string, unknown>[]> {
    await this.#halt();
    return super.rows(...given);
  }

  override async native(...given: Parameters<Connection['native']>): Promise<Buffer> {
    await this.#halt();
    return super.native(...given);
  }
}

/** Work over a connection of its own, step by step; it must ask one thing at a time. */
export interface Stepped {
  /** Lets the work go to before its next step; false when it has ended. */
  step(): Promise<boolean>;
  end(): Promise<void>;
}

export function stepped(
  options: StoreOptions,
  work: (connection: Connection) => Promise<void>,
): Stepped {
  let go: (() => void) | null = null;
  let arrive: () => void = () => undefined;
  const halt = (): Promise<void> =>
    new Promise((resolve) => {
      go = resolve;
      arrive();
    });
  let done: Promise<void> | null = null;
  const step = async (): Promise<boolean> => {
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const release = go;
    go = null;
    release?.();
    done ??= run();
    await Promise.race([arrived, done]);
    return go !== null;
  };
  const run = async (): Promise<void> => {
    const connection = new SteppedConnection(options, halt);
    try {
      await work(connection);
    } finally {
      await connection.close();
    }
  };
  return {
    step,
    async end() {
      while (await step());
      await done;
    },
  };
}
