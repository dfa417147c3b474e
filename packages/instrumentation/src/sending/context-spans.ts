// Writes conversation, user, agent and labels on every span of the program, whoever starts it.

import type { Context } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { contextAttributes } from '../context/agent-context.ts';
import { safely } from '../safely.ts';

/** For a NodeSDK: `spanProcessors: [new ContextSpanProcessor(), …]`. */
export class ContextSpanProcessor implements SpanProcessor {
  onStart(span: Span, parent: Context): void {
    safely('a context', () => {
      const attributes = contextAttributes(parent);
      if (attributes === null) return;
      for (const name in attributes) {
        // What the span says of itself is closer to the truth.
        const value = attributes[name];
        if (value !== undefined && span.attributes[name] === undefined) {
          span.setAttribute(name, value);
        }
      }
    });
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
