// Sending now what has ended so far, for programs that know when that matters.

import { trace, type ProxyTracerProvider } from '@opentelemetry/api';
import { safely } from '../safely.ts';

type Delegating = Pick<ProxyTracerProvider, 'getDelegate'>;

let ownFlush: (() => Promise<void>) | null = null;

/** Set by the provider that `register` starts. */
export function setFlush(flush: () => Promise<void>): void {
  ownFlush = flush;
}

/** Resolves when the ended spans were sent, or at the limit; never rejects. */
export async function flush(): Promise<void> {
  try {
    await (ownFlush ?? foreignFlush)();
  } catch (error) {
    safely('a flush', () => {
      throw error;
    });
  }
}

async function foreignFlush(): Promise<void> {
  // By what it can do: the class is another one in each copy of the API.
  const provider = trace.getTracerProvider() as Partial<Delegating>;
  const real = provider.getDelegate?.() ?? provider;
  await (real as { forceFlush?: () => Promise<void> }).forceFlush?.();
}
