// For programs that start their own OpenTelemetry SDK:
// `new NodeSDK({ instrumentations: [new AgentInstrumentation()] })`, and the program started with
// `--import @spanledger/instrumentation/hook`, so that the SDKs are hooked before they are loaded.

import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { watchLibraries } from './adapters/index.ts';
import { setTracerProvider } from './call.ts';
import { hookInstalled, installModuleHook } from './module-hook.ts';
import { setRecording } from './recording.ts';
import { warnOnce } from './safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';

export interface AgentInstrumentationConfig {
  enabled?: boolean;
}

/** Has the shape of OpenTelemetry's `Instrumentation`, without its hook layer. */
export class AgentInstrumentation {
  readonly instrumentationName = SCOPE_NAME;
  readonly instrumentationVersion = SCOPE_VERSION;
  #config: AgentInstrumentationConfig;

  constructor(config: AgentInstrumentationConfig = {}) {
    this.#config = config;
    if (config.enabled !== false) this.enable();
  }

  enable(): void {
    if (!hookInstalled()) {
      warnOnce(
        'late',
        'start the program with --import @spanledger/instrumentation/hook; ' +
          'calls of SDKs that are loaded already are not recorded',
      );
      void installModuleHook();
    }
    watchLibraries();
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
