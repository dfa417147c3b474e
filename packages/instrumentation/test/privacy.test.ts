// What may leave of prompts, answers and notes: an agent full of secrets, under every option, with the
// real client, and what arrived of it.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PRIVACY_OPTIONS } from '../src/privacy/options.ts';
import {
  PROGRAMS,
  runChild,
  sdkFolder,
  startSink,
  type Ended,
  type Event,
  type Span,
} from './child.ts';
import { listen, type StandIn } from './stand-in.ts';

const SECRETS = {
  key: 'sk-proj-Abcdefghijklmnop0123456789',
  mail: 'ada.lovelace@mail.example.org',
  card: '4111 1111 1111 1111',
  word: 'correct horse battery',
};
const PAGE = new URL('../../../docs/instrumentation/privacy.md', import.meta.url);
const EMPLOYEE = 'EMP-771234';

interface Asked {
  model: string;
  stream?: boolean;
  messages: { content: string }[];
}

/** Answers with what it was asked, a letter a chunk where it is streamed. */
function startEcho(): Promise<StandIn> {
  return listen((_request, response, body) => {
    const { model, stream, messages } = JSON.parse(body.toString()) as Asked;
    const content = messages[1]?.content ?? '';
    const said = { id: 'r', object: 'chat.completion', created: 1, model };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    if (stream === true) {
      response.setHeader('content-type', 'text/event-stream');
      for (const letter of content) {
        const choices = [{ index: 0, delta: { content: letter }, finish_reason: null }];
        response.write(`data: ${JSON.stringify({ ...said, choices })}\n\n`);
      }
      response.end(`data: ${JSON.stringify({ ...said, choices: [], usage })}\n\ndata: [DONE]\n\n`);
      return;
    }
    const called = { name: 'weather', arguments: JSON.stringify({ city: { content } }) };
    const call = { id: 'call_1', type: 'function', function: called };
    const message = { role: 'assistant', content, tool_calls: [call] };
    response.setHeader('content-type', 'application/json');
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    response.end(JSON.stringify({ ...said, choices, usage }));
  });
}

interface Outcome extends Ended {
  spans: Span[];
  events: Event[];
}

let echo: StandIn;
async function run(environment: Record<string, string>, round: string[] = []): Promise<Outcome> {
  const sink = await startSink();
  const ended = await runChild(
    join(PROGRAMS, 'privacy.mjs'),
    [join(sdkFolder('openai-6'), 'sdk.mjs'), `${echo.url}/v1`, ...round],
    { preload: 'register', sinkUrl: sink.url, environment },
  );
  await sink.stop();
  return { ...ended, spans: sink.spans, events: sink.events };
}

let all: Outcome;
beforeAll(async () => {
  echo = await startEcho();
  all = await run({});
});
afterAll(() => echo.stop());

const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
const TOOLS = 'gen_ai.tool.definitions';
const OF_RUN = ['spanledger.input', 'spanledger.output'];
const CUT = 'spanledger.content.cut';
const WITHHELD = 'spanledger.content.withheld';

/** The attributes of the spans of one round: the whole answer's, the streamed one's, the run's. */
function spansOf({ spans }: Outcome, round: string) {
  const named = (name: string) =>
    spans.find((span) => span.name === name && span.attributes['spanledger.label.round'] === round)
      ?.attributes ?? {};
  const model = round.replaceAll(' ', '-');
  return {
    whole: named(`chat ${model}`),
    streamed: named(`chat ${model}-stream`),
    run: named('invoke_agent writer'),
    byHand: named(`chat ${model}-by-hand`),
  };
}

const content = (attributes: Record<string, unknown>): string[] =>
  Object.keys(attributes).filter((name) => [INPUT, OUTPUT, TOOLS, ...OF_RUN].includes(name));
const text = (attributes: Record<string, unknown>, name: string): string =>
  String(attributes[name]);

test('the program ends well, and sees in every round what it sees without us', () => {
  expect({ code: all.code, signal: all.signal }).toEqual({ code: 0, signal: null });
  const rounds = all.out.split(/^(?=[\w ]+ \{$)/m).map((part) => part.slice(part.indexOf('{')));
  const answers = rounds.filter((part) => part.includes('role:'));
  expect(answers.length).toBeGreaterThan(20);
  const { word: _word, ...plain } = SECRETS;
  for (const secret of [...Object.values(plain), EMPLOYEE]) {
    for (const answer of answers) expect(answer).toContain(secret);
  }
});

test('no secret is in any span, event or line', () => {
  const isKept = (round: unknown): boolean => round === 'emails stay';
  const spans = all.spans.filter(({ attributes }) => !isKept(attributes['spanledger.label.round']));
  const events = all.events.filter(
    ({ attributes }) => !isKept(attributes['spanledger.label.round']),
  );
  const sent = JSON.stringify({ spans, events, err: all.err });
  expect(sent.length).toBeGreaterThan(100_000);
  for (const [kind, secret] of Object.entries(SECRETS)) {
    for (let at = 0; at + 8 <= secret.length; at += 1) {
      const found = sent.indexOf(secret.slice(at, at + 8));
      expect(found < 0 ? '' : sent.slice(found - 300, found + 8), kind).toBe('');
    }
  }
});

const REDACTED = '[redacted-key] and [redacted-email] and [redacted-card] and EMP-771234';
const NOTE = `${REDACTED}; {"password": "[redacted-named]"}`;

test('off, only notes are there, and they are redacted', () => {
  const { whole, streamed, run: ofRun, byHand } = spansOf(all, 'off');
  expect([whole, streamed, ofRun].map(content)).toEqual([[], [], []]);
  const logged = all.events.find(
    ({ name, attributes }) =>
      name.endsWith('.log') && attributes['spanledger.label.round'] === 'off',
  );
  expect(logged?.body).toBe(`found ${NOTE}`);
  expect(logged?.attributes).toMatchObject({
    'spanledger.log.all': REDACTED,
    'spanledger.log.deep': '{"password":"[redacted-named]"}',
    'spanledger.log.[redacted-email]': 1,
    'spanledger.label.key': '[redacted-key]',
  });
  expect(ofRun['spanledger.skip.reasoning']).toBe(NOTE);
  expect(byHand['spanledger.error.message']).toBe(NOTE);
});

test('on, everything is there, redacted', () => {
  const { whole, streamed, run: ofRun } = spansOf(all, 'on');
  const call = { type: 'tool_call', id: 'call_0', name: 'weather' };
  expect(JSON.parse(text(whole, INPUT))).toEqual([
    { role: 'system', parts: [{ type: 'text', content: `be brief, ${NOTE}` }] },
    { role: 'user', parts: [{ type: 'text', content: NOTE }] },
    {
      role: 'assistant',
      parts: [{ ...call, arguments: `{"[redacted-email]":{"all":"${REDACTED}"}}` }],
    },
    {
      role: 'tool',
      parts: [
        {
          ...{ type: 'tool_call_response', id: 'call_0' },
          response: `{"nested":[{"all":"${REDACTED}"}]}`,
        },
      ],
    },
  ]);
  expect(JSON.parse(text(streamed, OUTPUT))).toEqual([
    { role: 'assistant', parts: [{ type: 'text', content: NOTE }] },
  ]);
  expect(text(whole, TOOLS)).toContain('"name":"weather","description":"[redacted-key]');
  expect(content(ofRun)).toEqual(OF_RUN);
});

const FULL = [TOOLS, INPUT, OUTPUT];
/** What is there of the whole answer and of the run. */
const THERE: readonly (readonly [round: string, whole: string[], ofRun: string[]])[] = [
  ['on', FULL, OF_RUN],
  ['rules', FULL, OF_RUN],
  ['named rules', FULL, OF_RUN],
  ['redactor', FULL, OF_RUN],
  ['kept back', [TOOLS, INPUT], ['spanledger.input']],
  ['throws', [], []],
  ['gives back a promise', [], []],
  ['gives back nothing', [], []],
  ['a rule that never ends', [], []],
  ['a redactor that never ends', [], []],
  ['no prompts', [TOOLS, OUTPUT], ['spanledger.output']],
  ['answers only', [OUTPUT], ['spanledger.output']],
  ['one attribute', [INPUT, OUTPUT], OF_RUN],
  ['no system', FULL, OF_RUN],
  ['not this tool', FULL, OF_RUN],
  ['only that tool', FULL, OF_RUN],
  ['not this agent', [], []],
  ['only that agent', [], []],
  ['no room', [], []],
  ['a misspelt option', [], []],
  ['a wrong value', [], []],
  ['a wrong rule', [], []],
  ['hashed users', FULL, OF_RUN],
];
test.each(THERE)('%s: what is there', (round, whole, ofRun) => {
  const spans = spansOf(all, round);
  expect(content(spans.whole).toSorted()).toEqual(whole.toSorted());
  expect(content(spans.run)).toEqual(ofRun);
});

const FAILED = ['throws', 'gives back a promise', 'gives back nothing', 'a rule that never ends'];
test.each(FAILED)('%s: what could not be redacted is marked, and notes stay, too', (round) => {
  const { whole, run: ofRun } = spansOf(all, round);
  expect(whole[WITHHELD]).toEqual(expect.arrayContaining([TOOLS]));
  expect(ofRun['spanledger.skip.reasoning']).toBe('[withheld]');
});

/** A part of what is written, and what must not be. */
const SAID: readonly (readonly [round: string, name: string, is: string, isNot: string])[] = [
  ['rules', INPUT, '[redacted-rule]', EMPLOYEE],
  ['named rules', INPUT, '[redacted-employee]', EMPLOYEE],
  ['redactor', INPUT, 'E771234', EMPLOYEE],
  ['no prompts', OUTPUT, '"arguments":"[withheld]"', 'city'],
  ['no system', INPUT, '"type":"[withheld]"', 'be brief'],
  ['not this tool', INPUT, '"response":"[withheld]"', 'nested'],
  ['not this tool', TOOLS, '"search"', '"weather"'],
  ['only that tool', OUTPUT, '"arguments":"[withheld]"', 'city'],
  ['emails stay', INPUT, 'ada.lovelace@mail.example.org', 'sk-proj'],
  ['cut values', INPUT, '[cut]', 'nested'],
  ['cut spans', INPUT, '[cut]', 'nested'],
];
test.each(SAID)('%s: of %s there is %s', (round, name, is, isNot) => {
  const written = text(spansOf(all, round).whole, name);
  expect(written).toContain(is);
  expect(written).not.toContain(isNot);
});

test.each([
  ['cut values', 300, 900],
  ['cut spans', 500, 500],
] as const)('%s: bytes', (round, value_bytes, span_bytes) => {
  const { whole, streamed, run: ofRun } = spansOf(all, round);
  for (const attributes of [whole, streamed, ofRun]) {
    const sizes = content(attributes).map((name) => Buffer.byteLength(text(attributes, name)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(value_bytes);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(span_bytes);
    for (const name of content(attributes)) JSON.parse(text(attributes, name));
  }
  expect(whole[CUT]).toEqual(expect.arrayContaining([INPUT]));
});

test('users are told apart by a keyed hash, and notes may stay away', () => {
  expect(spansOf(all, 'on').whole['user.id']).toBe('ada');
  expect(spansOf(all, 'hashed users').whole['user.id']).toMatch(/^[0-9a-f]{32}$/);
  expect(spansOf(all, 'no system').run['spanledger.skip.reasoning']).toBe('[withheld]');
});

test('each thing that is wrong is told once, and counted', () => {
  const lines = all.err.trimEnd().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
  for (const said of [
    'it could not be read, or a rule or the redactor threw; see docs/instrumentation/privacy.md',
    'the redactor gave back neither text nor null but object',
    'the redactor gave back neither text nor null but undefined',
    'redaction took too long',
    'took too long 3 times in a row: no content is recorded until that is put right',
    'privacy has no option denyTool: no content is recorded until that is put right',
    'valueLimit_bytes (SPANLEDGER_CONTENT_VALUE_LIMIT) must be a whole number of bytes',
    'rules (SPANLEDGER_REDACT_RULES) must be a JSON list',
  ]) {
    expect(
      lines.filter((line) => line.includes(said)),
      said,
    ).toHaveLength(1);
  }
  const counts = JSON.parse(all.out.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
  for (const name of ['recorded', 'redacted', 'cut', 'withheld', 'kept_back']) {
    expect(counts[name], name).toBeGreaterThan(2);
  }
});

describe('by environment', () => {
  const redactor = join(tmpdir(), `redactor-${process.pid}.mjs`);
  beforeAll(() => {
    writeFileSync(redactor, "export default (text) => text.replaceAll('EMP-', 'E');\n");
  });
  afterAll(() => rmSync(redactor, { force: true }));

  test('the same options say the same', async () => {
    const environment = {
      SPANLEDGER_CONTENT: 'true',
      SPANLEDGER_CONTENT_DENY: 'system_instructions,gen_ai.tool.definitions',
      SPANLEDGER_CONTENT_ALLOW_AGENTS: 'writ*',
      SPANLEDGER_CONTENT_DENY_TOOLS: 'weather',
      SPANLEDGER_CONTENT_VALUE_LIMIT: '2000',
      SPANLEDGER_CONTENT_SPAN_LIMIT: '3000',
      SPANLEDGER_REDACT: 'secrets,cards',
      SPANLEDGER_REDACT_RULES: '["(horse|battery)"]',
      SPANLEDGER_REDACT_MODULE: redactor,
      SPANLEDGER_REDACT_TIME_LIMIT: '1000',
      SPANLEDGER_USER_HASH_KEY: 'a key of enough letters',
    };
    const outcome = await run(environment, ['on']);
    expect({ code: outcome.code, err: outcome.err }).toEqual({ code: 0, err: '' });
    const { whole } = spansOf(outcome, 'on');
    expect(content(whole).toSorted()).toEqual([INPUT, OUTPUT]);
    const said = text(whole, INPUT);
    for (const part of ['[redacted-key]', 'ada.lovelace@', '[redacted-card]', 'E771234']) {
      expect(said).toContain(part);
    }
    for (const part of ['be brief', 'nested', 'EMP-']) expect(said).not.toContain(part);
    expect(whole['user.id']).toBe(spansOf(all, 'hashed users').whole['user.id']);
  });

  test.each([
    [{ SPANLEDGER_CONTENT: 'yes' }, 'content (SPANLEDGER_CONTENT) must be true or false'],
    [{ SPANLEDGER_CONTENT_DENY: 'prompt' }, 'deny (SPANLEDGER_CONTENT_DENY) must be kinds'],
    [{ SPANLEDGER_CONTENT_DENY_TOOL: 'x' }, 'privacy has no option SPANLEDGER_CONTENT_DENY_TOOL'],
    [{ SPANLEDGER_REDACT_MODULE: './nowhere.mjs' }, 'redactor (SPANLEDGER_REDACT_MODULE) must be'],
  ])('%j is told, and nothing is recorded', async (wrong, line) => {
    const capture = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' };
    const outcome = await run({ ...capture, ...(wrong as Record<string, string>) }, ['on']);
    expect(outcome.code).toBe(0);
    expect(outcome.err).toMatch(/^spanledger: [^\n]+: no content is recorded until [^\n]+\n$/);
    expect(outcome.err).toContain(line);
    const { whole, run: ofRun } = spansOf(outcome, 'on');
    expect([...content(whole), ...content(ofRun)]).toEqual([]);
    expect(ofRun['spanledger.skip.reasoning']).toBe('[withheld]');
  });
});

/** The first block of a kind on the page. */
function pageBlock(kind: string): string {
  const page = readFileSync(PAGE, 'utf8');
  return new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';
}

test('the example of the page sends what the page says', async () => {
  const sink = await startSink();
  const { err, code } = await runChild('--input-type=module', ['--eval', pageBlock('js')], {
    preload: 'register',
    sinkUrl: sink.url,
  });
  await sink.stop();
  expect({ err, code }).toEqual({ err: '', code: 0 });
  const [span] = sink.spans;
  const logged = sink.events.find(({ name }) => name.endsWith('.log'));
  const sent: Record<string, unknown> = {
    ...span?.attributes,
    ...logged?.attributes,
    message: logged?.body,
  };
  const promised = pageBlock('text').trimEnd().split('\n');
  expect(promised).toHaveLength(4);
  expect(
    promised.map((line) => `${line.split(': ')[0]}: ${sent[line.split(': ')[0] ?? '']}`),
  ).toEqual(promised);
});

test('the page lists every option as the code reads it', () => {
  const page = readFileSync(PAGE, 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { name, variable, meaning } of PRIVACY_OPTIONS) {
    const row = rows.find((cells) => cells[1] === `\`${name}\``);
    expect(row?.slice(1, 4)).toEqual([`\`${name}\``, `\`${variable}\``, meaning]);
  }
  const listed = rows.filter((cells) => cells[2]?.startsWith('`SPANLEDGER_'));
  expect(listed).toHaveLength(PRIVACY_OPTIONS.length);
});
