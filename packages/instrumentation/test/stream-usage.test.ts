// The opt-in that asks streams for their usage: the program sees what it would have seen, and the
// span says what the provider used.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, sdkFolder, startSink, type Sink } from './child.ts';
import { startOpenAI, type OpenAIStandIn } from './openai-stand-in.ts';

/** Every way a stream is read, and the calls that must stay as they are. */
const NAMES = [
  'm-chat', 'm-stream', 'm-stream-bare', 'm-helper', 'm-tee', 'm-readable', 'm-break', 'm-abort',
  'm-cut', 'm-broken', 'm-tool-cut', 'm-run-tools-stream', 'm-completions-bare', 'm-responses-stream',
  'm-again',
]; // prettier-ignore
/** These read a stream to its end and did not ask for its usage. */
const WITH_USAGE = ['m-stream-bare', 'm-completions-bare', 'm-again'];

let provider: OpenAIStandIn;
beforeAll(async () => {
  provider = await startOpenAI();
});
afterAll(() => provider.stop());

async function run(sdk: string, preload: 'register' | null, sink: Sink) {
  const id = `${sdk}-${preload ?? 'bare'}`;
  const ended = await runChild(
    join(PROGRAMS, 'openai.mjs'),
    [join(sdkFolder(sdk), 'sdk.mjs'), `${provider.url}/${id}/v1`, NAMES.join(',')],
    { preload, sinkUrl: sink.url, environment: { SPANLEDGER_STREAM_USAGE: 'true' } },
  );
  return { ...ended, sent: provider.requests.get(id) ?? [] };
}

describe.each(['openai-4', 'openai-5', 'openai-6'])('%s', (sdk) => {
  test('a stream tells its usage to us alone', async () => {
    const sink = await startSink();
    const bare = await run(sdk, null, sink);
    const watched = await run(sdk, 'register', sink);
    await sink.stop();
    expect(watched.out.split('\n')).toEqual(bare.out.split('\n'));
    expect({ code: watched.code, err: watched.err }).toEqual({ code: 0, err: bare.err });
    const asks = (sent: string[]): number =>
      sent.filter((request) => /"include_usage":\s*true/.test(request)).length;
    expect(asks(bare.sent)).toBeLessThan(asks(watched.sent));
    const said = (model: string): Record<string, unknown> =>
      sink.spans.find(({ attributes }) => attributes['gen_ai.request.model'] === model)
        ?.attributes ?? {};
    for (const model of WITH_USAGE) {
      expect({ model, ...said(model) }).toMatchObject({
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': 30,
      });
      expect(said(model)['spanledger.estimate.output_tokens']).toBeUndefined();
    }
    // The chunk that the program never sees is not among those that it received.
    expect(said('m-stream-bare')['spanledger.stream.chunks']).toBe(4);
  });
});
