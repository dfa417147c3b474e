// The groq-sdk package, 0.3 to 1: generated like OpenAI's client, and speaking its words.

import { patchPoints, type PatchPoint } from '../hooks/patch-point.ts';
import { UNSUPPORTED_CHANNEL, watchSdk } from '../calls/sdk-calls.ts';
import { oneCorePatchPoints, splitCorePatchPoints } from '../hooks/sdk-patch-points.ts';
import { openAIFailure, operationsOf } from './openai-protocol.ts';

const NAME = 'groq-sdk';
const ALL = '>=0.3.0 <2.0.0';

/** Channel, file, method. */
const METHODS = [
  ['chat', 'resources/chat/completions', 'Completions.create'],
  ['embeddings', 'resources/embeddings', 'Embeddings.create'],
  ['speech', 'resources/audio/speech', 'Speech.create'],
  ['transcriptions', 'resources/audio/transcriptions', 'Transcriptions.create'],
  ['transcriptions', 'resources/audio/translations', 'Translations.create'],
] as const;

export const GROQ_PATCH_POINTS: readonly PatchPoint[] = [
  ...METHODS.flatMap(([channel, file, method]) => patchPoints(channel, NAME, ALL, file, method)),
  ...oneCorePatchPoints(NAME, '>=0.3.0 <1.0.0'),
  ...splitCorePatchPoints(NAME, '>=1.0.0 <2.0.0', 'Groq'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=2.0.0', 'client', 'Groq.fetchWithTimeout'),
];

export function watchGroq(): void {
  watchSdk({ name: NAME, failure: openAIFailure, operations: operationsOf(() => 'groq') });
}
