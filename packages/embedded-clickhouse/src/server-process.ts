// The child process seen from its owner: its log, its end, and how to end it.

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LogTail } from './log-tail.ts';
import { serverArguments, type ServerConfig } from './server-config.ts';

export interface ServerExit {
  /** `stopped` when it was asked to end, `crashed` otherwise. */
  readonly reason: 'stopped' | 'crashed';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its log. */
  readonly log: string;
}

interface ServerProcessOptions {
  readonly library: string;
  readonly config: ServerConfig;
  readonly folder: string;
  readonly stopLimit_ms: number;
  readonly onLog?: (line: string) => void;
}

// Seen from src as well as from dist: Node runs only the compiled one.
const ENTRY = fileURLToPath(new URL('../dist/child.js', import.meta.url));

export class ServerProcess {
  readonly exited: Promise<ServerExit>;
  exit: ServerExit | null = null;
  readonly #child: ChildProcess;
  readonly #tail: LogTail;
  readonly #stopLimit_ms: number;
  #stopping = false;

  constructor(options: ServerProcessOptions) {
    const { library, config, folder, stopLimit_ms, onLog } = options;
    this.#stopLimit_ms = stopLimit_ms;
    this.#tail = new LogTail(onLog);
    // Detached: Ctrl-C in a terminal reaches the owner, who then ends this process in order. Its
    // standard input is a pipe that only the owner holds; when the owner dies, it closes.
    this.#child = spawn(
      process.execPath,
      [ENTRY, library, folder, ...serverArguments(config, folder)],
      { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { PATH: process.env['PATH'] } },
    );
    this.#child.stdin?.on('error', () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => this.#tail.write(chunk));
    }
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#tail.end();
        this.exit = {
          reason: this.#stopping ? 'stopped' : 'crashed',
          code,
          signal,
          log: this.log(),
        };
        resolve(this.exit);
      };
      this.#child.once('error', (error) => {
        this.#tail.write(`${error.message}\n`);
        end(null, null);
      });
      this.#child.once('close', end);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  log(): string {
    return this.#tail.lines().join('\n');
  }

  /** Closes standard input and waits; what does not end in time is killed. */
  async stop(): Promise<void> {
    if (this.exit) return;
    this.#stopping = true;
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#stopLimit_ms);
    await this.exited;
    clearTimeout(timer);
  }
}
