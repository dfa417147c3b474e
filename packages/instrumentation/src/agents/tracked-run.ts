// A run whose result tells its usage: it is recorded as an agent, and its usage as one model call,
// unless the calls within were recorded themselves.

import type { Attributes, Context } from '@opentelemetry/api';
import { planAgent, type AgentOptions } from './agent-plan.ts';
import { startAgentRun, type AgentRun } from './agent-run.ts';
import { Call } from '../calls/call.ts';
import { layerIn, withLayer, type Layer } from '../calls/call-scope.ts';
import { given, givenText } from '../context/given.ts';
import { spanProvider } from '../calls/model-provider.ts';
import { isRecording } from '../calls/recording.ts';
import { put } from '../calls/request.ts';
import { usageOfResult } from './result-usage.ts';
import { RECORDED_BY_HAND } from '../run-attributes.ts';
import { safely } from '../safely.ts';
import * as names from '../semantic-conventions.ts';
import { inContext, watched, type Watcher } from './within.ts';

export interface TrackOptions extends AgentOptions {
  /** Where the result does not say it. */
  model?: string;
  /** Told from the model's name where it is left out and the name tells it. */
  provider?: string;
  /** The way to the usage, for a result of a kind that is not known here. */
  usage?: (result: never) => unknown;
}

/**
 * Runs `fn` as a run of this agent and reads the tokens from what it resolves to. The caller gets
 * exactly what `fn` returns or throws.
 */
export function trackRun<T>(agent: string | TrackOptions, fn: () => Promise<T>): Promise<T> {
  return track(agent, fn);
}

/** The same for a function that returns its result at once. */
export function trackRunSync<T>(agent: string | TrackOptions, fn: () => T): T {
  return track(agent, fn);
}

function track<T>(agent: unknown, fn: () => T): T {
  const started = safely('a run', () => {
    const { name, attributes, below, options } = planAgent(agent);
    return startAgentRun(name, attributes, below, options);
  });
  if (started === undefined || started.run === null) return inContext(started?.inner, fn);
  const tracked = new TrackedRun(agent, started.run, started.inner);
  return watched(tracked, tracked.inner, fn);
}

class TrackedRun implements Watcher, Layer {
  /** Model calls that were recorded within: then their own figures count. */
  billed = 0;
  readonly above: Layer | undefined;
  readonly inner: Context;
  readonly #agent: unknown;
  readonly #run: AgentRun;
  readonly #outer: Context;
  readonly #startedAt_ms = performance.now();

  constructor(agent: unknown, run: AgentRun, outer: Context) {
    this.#agent = agent;
    this.#run = run;
    this.#outer = outer;
    this.above = layerIn(outer);
    this.inner = withLayer(outer, this);
  }

  settled(result: unknown): void {
    if (this.billed > 0 || !isRecording()) return;
    const usage = usageOfResult(result, given(this.#agent, 'usage'));
    if (usage === null) return;
    const model = (givenText(this.#agent, 'model') || null) ?? usage.model;
    const attributes: Attributes = { [RECORDED_BY_HAND]: true };
    const named = givenText(this.#agent, 'provider') || null;
    put(attributes, names.PROVIDER_NAME, named ?? (model === null ? null : spanProvider(model)));
    if (usage.model !== null) attributes[names.RESPONSE_MODEL] = usage.model;
    const call = new Call('chat', model, attributes, {
      ...{ active: this.#outer, startedAt_ms: this.#startedAt_ms },
      ...{ firstChunk_ms: null, chunks: 0 },
    });
    call.succeed({ ...usage.attributes });
  }

  end(at?: number): void {
    this.#run.end(at);
  }

  fail(error: unknown): void {
    this.#run.fail(error);
  }
}
