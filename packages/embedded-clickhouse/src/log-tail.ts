// The last lines a process wrote: bounded in lines and bytes, handed on as they come.

const LINES_MAX = 40;
const LINE_BYTES_MAX = 2_000;

export class LogTail {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #lines: string[] = [];
  #rest = '';

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: string): void {
    const pieces = (this.#rest + chunk).split('\n');
    this.#rest = (pieces.pop() ?? '').slice(0, LINE_BYTES_MAX);
    for (const line of pieces) this.#add(line.slice(0, LINE_BYTES_MAX));
  }

  end(): void {
    if (this.#rest) this.#add(this.#rest);
    this.#rest = '';
  }

  #add(line: string): void {
    if (line === '') return;
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#onLine?.(line);
  }

  lines(): readonly string[] {
    return this.#lines;
  }
}
