// For programs that start their own OpenTelemetry SDK:
// `new NodeSDK({ instrumentations: [new AgentInstrumentation()] })`. It hooks what is loaded after
// it; `--import @spanledger/instrumentation/hook` hooks also what the program imports statically.

import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { leaveAtDrain } from './context/open-work.ts';
import { watchLibraries } from './adapters/index.ts';
import { setTracerProvider } from './calls/call.ts';
import { hookInstalled, installModuleHook } from './hooks/module-hook.ts';
import type { PrivacyOptions } from './privacy/options.ts';
import { setPrivacy } from './privacy/policy.ts';
import { setRecording } from './calls/recording.ts';
import { warnOnce } from './safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';
import { setStreamUsage } from './calls/stream-usage.ts';

export interface AgentInstrumentationConfig {
  enabled?: boolean;
  /** Ask streams for their usage where the program did not; see `setStreamUsage`. */
  streamUsage?: boolean;
  /** What of prompts and answers may leave; see `setPrivacy`. */
  privacy?: PrivacyOptions;
}

/** Has the shape of OpenTelemetry's `Instrumentation`, without its hook layer. */
export class AgentInstrumentation {
  readonly instrumentationName = SCOPE_NAME;
  readonly instrumentationVersion = SCOPE_VERSION;
  #config: AgentInstrumentationConfig;

  constructor(config: AgentInstrumentationConfig = {}) {
    this.#config = config;
    if (config.streamUsage !== undefined) setStreamUsage(config.streamUsage);
    if (config.privacy !== undefined) setPrivacy(config.privacy);
    if (config.enabled !== false) this.enable();
  }

  enable(): void {
    if (!hookInstalled()) {
      installModuleHook();
      warnOnce(
        'late',
        'clients of model providers are recorded if they are loaded after AgentInstrumentation ' +
          'is made, not if before; to record both, start the program with ' +
          '--import @spanledger/instrumentation/hook',
      );
    }
    watchLibraries();
    leaveAtDrain();
    setRecording(true);
  }

  disable(): void {
    setRecording(false);
  }

  setTracerProvider(provider: TracerProvider): void {
    setTracerProvider(provider);
  }

  setMeterProvider(_provider: MeterProvider): void {}

  setConfig(config: AgentInstrumentationConfig): void {
    this.#config = config;
  }

  getConfig(): AgentInstrumentationConfig {
    return this.#config;
  }
}
