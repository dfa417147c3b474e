// The openai package, 4 to 7: where its methods are hooked. What is said in each of its interfaces
// is read in the files beside this one.

import { patchPoints, type PatchPoint } from '../hooks/patch-point.ts';
import { UNSUPPORTED_CHANNEL, watchSdk } from '../calls/sdk-calls.ts';
import { oneCorePatchPoints, splitCorePatchPoints } from '../hooks/sdk-patch-points.ts';
import { watchBackground } from './openai-background.ts';
import { providerAt } from './openai-providers.ts';
import { openAIFailure, operationsOf } from './openai-protocol.ts';
import { REALTIME_PATCH_POINTS, watchRealtime } from './openai-realtime.ts';

const NAME = 'openai';
const ALL = '>=4.0.0 <8.0.0';

/** Channel, versions, file, method. */
const METHODS = [
  ['chat', '>=4.0.0 <4.85.0', 'resources/chat/completions', 'Completions.create'],
  ['chat', '>=4.85.0 <8.0.0', 'resources/chat/completions/completions', 'Completions.create'],
  ['completions', ALL, 'resources/completions', 'Completions.create'],
  ['responses', '>=4.87.0 <8.0.0', 'resources/responses/responses', 'Responses.create'],
  ['responses', '>=6.10.0 <8.0.0', 'resources/responses/responses', 'Responses.compact'],
  ['decisions', '>=7.30.0 <8.0.0', 'resources/decisions', 'Decisions.create'],
  ['embeddings', ALL, 'resources/embeddings', 'Embeddings.create'],
  ['images', ALL, 'resources/images', 'Images.generate'],
  ['images', ALL, 'resources/images', 'Images.edit'],
  ['images', ALL, 'resources/images', 'Images.createVariation'],
  ['speech', ALL, 'resources/audio/speech', 'Speech.create'],
  ['transcriptions', ALL, 'resources/audio/transcriptions', 'Transcriptions.create'],
  ['transcriptions', ALL, 'resources/audio/translations', 'Translations.create'],
  ['moderations', ALL, 'resources/moderations', 'Moderations.create'],
] as const;

export const OPENAI_PATCH_POINTS: readonly PatchPoint[] = [
  ...METHODS.flatMap(([channel, range, file, method]) =>
    patchPoints(channel, NAME, range, file, method),
  ),
  ...oneCorePatchPoints(NAME, '>=4.0.0 <5.0.0'),
  ...splitCorePatchPoints(NAME, '>=5.0.0 <8.0.0', 'OpenAI'),
  ...patchPoints(UNSUPPORTED_CHANNEL, NAME, '>=8.0.0', 'client', 'OpenAI.fetchWithTimeout'),
  ...REALTIME_PATCH_POINTS,
];

export function watchOpenAI(): void {
  watchSdk({ name: NAME, failure: openAIFailure, operations: operationsOf(providerAt) });
  watchBackground();
  watchRealtime();
}
