// What the two preloads do: hook the SDKs and, for `register`, set up the way out.

import { watchLibraries } from './adapters/index.ts';
import { leaveAtDrain } from './context/open-work.ts';
import { setService } from './agents/own-service.ts';
import { leaveMistralToItself } from './adapters/mistral.ts';
import type { Config } from './config.ts';
import { startPrivacy } from './privacy/start.ts';
import { warnOfCopies } from './api-copies.ts';
import { installModuleHook } from './hooks/module-hook.ts';
import { setAnswerJudging } from './calls/judged-answers.ts';
import { safely, silenceWarnings, warnOnce } from './safely.ts';
import { runtimeNote } from './runtime.ts';
import { setStreamUsage } from './calls/stream-usage.ts';

const STARTED = Symbol.for('spanledger.started');

export async function start(config: Config): Promise<void> {
  const marks = globalThis as { [STARTED]?: boolean };
  if (marks[STARTED] === true) return;
  marks[STARTED] = true;
  if (config.silent) silenceWarnings();
  await startPrivacy(config.privacy);
  setService(config.serviceUrl, config.serviceHeaders);
  setAnswerJudging(config.judgesAnswers);
  setStreamUsage(config.streamUsage);
  leaveMistralToItself(config.mistralWrites);
  for (const complaint of config.complaints) warnOnce(`config:${complaint}`, complaint);
  try {
    // What we need ourselves is loaded first: behind the hook every module costs more.
    const provider = config.exportsSpans ? await import('./sending/provider.ts') : null;
    installModuleHook();
    if (provider?.hasProvider() === false) await provider.startProvider(config);
    else leaveAtDrain();
    watchLibraries();
    safely('copies', () => warnOfCopies(process.argv[1]));
    const note = runtimeNote(process.versions);
    if (note !== null) warnOnce('runtime', note);
  } catch (error) {
    // The program starts without us rather than not at all.
    warnOnce('start', `cannot start: ${String(error).slice(0, 300)}`);
  }
}
