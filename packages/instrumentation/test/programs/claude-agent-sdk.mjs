// What `query` of @anthropic-ai/claude-agent-sdk is, as far as a program sees it: it starts Claude
// Code, hands its messages on, and has methods to steer the run. The package itself is a large one.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

class Query {
  constructor({ prompt, options }) {
    const { pathToClaudeCodeExecutable: program, env = process.env } = options;
    this.child = spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.messages = this.read(typeof prompt === 'string' ? [prompt] : prompt);
  }

  async *read(prompts) {
    const lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    try {
      for (const content of prompts) {
        const message = { role: 'user', content };
        this.child.stdin.write(`${JSON.stringify({ type: 'user', message })}\n`);
        for (;;) {
          const told = JSON.parse((await lines.next()).value);
          yield told;
          if (told.type === 'result') break;
        }
      }
    } finally {
      this.child.kill();
    }
  }

  next(...given) {
    return this.messages.next(...given);
  }

  async return(value) {
    return this.messages.return(value);
  }

  async throw(error) {
    return this.messages.throw(error);
  }

  [Symbol.asyncIterator]() {
    return this.messages;
  }

  async interrupt() {
    this.child.kill();
  }
}

export const query = (asked) => new Query(asked);
