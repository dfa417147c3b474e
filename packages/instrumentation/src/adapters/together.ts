// The together-ai package, 0.6 to 1: generated like OpenAI's client, and speaking its words.

import { patchPoints, type PatchPoint } from '../hooks/patch-point.ts';
import { UNSUPPORTED_CHANNEL, watchSdk } from '../calls/sdk-calls.ts';
import { oneCorePatchPoints, splitCorePatchPoints } from '../hooks/sdk-patch-points.ts';
import { openAIFailure, operationsOf } from './openai-protocol.ts';

const NAME = 'together-ai';
const ALL = '>=0.6.0 <2.0.0';

/** Channel, versions, file, method. */
const METHODS = [
  ['chat', ALL, 'resources/chat/completions', 'Completions.create'],
  ['completions', ALL, 'resources/completions', 'Completions.create'],
  ['embeddings', ALL, 'resources/embeddings', 'Embeddings.create'],
  ['rerank', ALL, 'resources/rerank', 'Rerank.create'],
  ['images', '>=0.6.0 <0.31.0', 'resources/images', 'Images.create'],
  ['images', '>=0.31.0 <2.0.0', 'resources/images', 'Images.generate'],
  ['speech', ALL, 'resources/audio/speech', 'Speech.create'],
  ['transcriptions', ALL, 'resources/audio/transcriptions', 'Transcriptions.create'],
  ['transcriptions', ALL, 'resources/audio/translations', 'Translations.create'],
] as const;

export const TOGETHER_PATCH_POINTS: readonly PatchPoint[] = [
  ...METHODS.flatMap(([channel, range, file, method]) =>
    patchPoints(channel, NAME, range, file, method),
  ),
  ...oneCorePatchPoints(NAME, '>=0.6.0 <0.21.0'),
  ...splitCorePatchPoints(NAME, '>=0.21.0 <2.0.0', 'Together'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=2.0.0', 'client', 'Together.fetchWithTimeout'),
];

export function watchTogether(): void {
  watchSdk({ name: NAME, failure: openAIFailure, operations: operationsOf(() => 'together_ai') });
}
