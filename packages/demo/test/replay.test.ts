// The replay server, asked as the providers' own clients and plain HTTP ask it.

import { afterEach, describe, expect, it } from 'vitest';
import { AGENT_SCRIPT, startReplay, type Replay, type ReplayOptions } from '../src/index.ts';
import { readRecordings } from '../src/recording.ts';

const started: Replay[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((replay) => replay.stop()));
});

async function start(options: ReplayOptions = {}): Promise<Replay> {
  const replay = await startReplay(options);
  started.push(replay);
  return replay;
}

function post(
  replay: Replay,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(replay.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

const SUBJECT = { model: 'gpt-4o-mini', stream: true };

describe('what is served', () => {
  it.each([...readRecordings().values()])('$name, as it was recorded', async (recording) => {
    const replay = await start({ script: [{ recording: recording.name }] });
    const response = await post(replay, recording.path, {
      model: recording.model,
      stream: recording.stream,
    });
    const body = await response.text();
    expect(response.status).toBe(recording.status);
    expect(response.headers.get('content-type')).toBe(recording.content_type);
    const [served] = replay.requests;
    expect(served).toMatchObject({ recording: recording.name, broken_off: false });
    expect(served?.usage?.input_total).toBeGreaterThan(0);
    // Only the id of the answer is new.
    const id = served?.response_id;
    expect(body.length).toBe(recording.body.length);
    if (id) expect(body.includes(id) && !recording.body.includes(id)).toBe(true);
  });

  it('gives two answers from one recording different ids', async () => {
    const replay = await start({ script: [{ recording: 'planner-answers' }] });
    const ask = async (): Promise<string> => {
      const answer = await post(replay, '/v1/messages', { model: 'claude-sonnet-4-5' });
      return ((await answer.json()) as { id: string }).id;
    };
    expect(await ask()).not.toBe(await ask());
  });

  it('reads the classes of tokens of each shape of usage', async () => {
    const replay = await start();
    const usageOf = async (path: string, body: unknown) => {
      await (await post(replay, path, body)).text();
      return replay.requests.at(-1)?.usage;
    };
    expect(await usageOf('/v1/responses', { model: 'gpt-5-nano' })).toEqual({
      input_total: 12,
      input_uncached: 12,
      cache_read: 0,
      cache_write: null,
      output_total: 1014,
      reasoning: 832,
    });
    expect(await usageOf('/v1/chat/completions', { model: 'gpt-4o-mini' })).toMatchObject({
      input_total: 1149,
      input_uncached: 125,
      cache_read: 1024,
      output_total: 261,
    });
    expect(await usageOf('/v1/messages', { model: 'claude-sonnet-4-0', stream: true })).toEqual({
      input_total: 43,
      input_uncached: 43,
      cache_read: 0,
      cache_write: 0,
      output_total: 282,
      reasoning: null,
    });
  });
});

describe('the order of the script', () => {
  it('fails once where it says so, with the time to wait, then answers', async () => {
    const replay = await start();
    const ask = () => post(replay, '/v1/messages', { model: 'claude-sonnet-4-5' });
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after-ms')).toBe('40');
    await refused.text();
    expect((await ask()).status).toBe(200);
  });

  it('serves recordings of one model one after the other, and the last one again', async () => {
    const replay = await start({
      script: AGENT_SCRIPT.filter((step) => 'recording' in step),
    });
    for (let call = 0; call < 4; call += 1) {
      await (await post(replay, '/v1/messages', { model: 'claude-sonnet-4-5' })).text();
    }
    expect(replay.requests.map((request) => request.recording)).toEqual([
      'planner-loads-skill',
      'planner-looks-up-policy',
      'planner-answers',
      'planner-answers',
    ]);
  });

  it('takes paths with and without the version, as the clients write them', async () => {
    const replay = await start();
    const response = await post(replay, '/embeddings', { model: 'text-embedding-3-small' });
    expect(response.status).toBe(200);
    await response.text();
  });

  it.each([
    ['an unknown model', '/v1/messages', { model: 'nobody-1' }],
    ['an unknown path', '/v1/images', SUBJECT],
    ['a body that is not JSON', '/v1/messages', undefined],
  ])('answers 404 for %s', async (_, path, body) => {
    const replay = await start();
    const response = await post(replay, path, body);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'not_found_error' } });
    expect(replay.requests).toMatchObject([{ status: 404, recording: null, usage: null }]);
  });

  it('refuses a script with a recording that does not exist', async () => {
    await expect(startReplay({ script: [{ recording: 'nothing' }] })).rejects.toThrow(/nothing/);
  });
});

describe('streams', () => {
  it('come in pieces that do not end where events end', async () => {
    const replay = await start({ script: [{ recording: 'writer-subject' }] });
    const response = await post(replay, '/v1/chat/completions', SUBJECT);
    const pieces: string[] = [];
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream()))
      pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.some((piece) => !piece.endsWith('\n'))).toBe(true);
  });

  it('that are held wait for the client to go away, and show no usage', async () => {
    const replay = await start({ script: [{ recording: 'writer-subject', hold_after_events: 2 }] });
    const leave = new AbortController();
    const response = await post(replay, '/v1/chat/completions', SUBJECT, leave.signal);
    let seen = '';
    const decoder = new TextDecoder();
    for await (const piece of response.body!) {
      seen += decoder.decode(piece, { stream: true });
      if (seen.split('\n\n').length > 2) break;
    }
    leave.abort();
    await expect.poll(() => replay.requests.length).toBe(1);
    expect(seen.split('\n\n')).toHaveLength(3);
    expect(replay.requests).toMatchObject([{ broken_off: true, usage: null }]);
  });
});
