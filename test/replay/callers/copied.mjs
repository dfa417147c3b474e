// The interface that OpenAI made and others copied: which method of a client makes which request.

import { readAll } from './loader.mjs';

/** The part of a path that the client appends itself; what stands before is its base URL. */
const OPERATIONS = [
  [/\/chat\/completions$/, (client, body) => client.chat.completions.create(body)],
  [/\/completions$/, (client, body) => client.completions.create(body)],
  [/\/embeddings$/, (client, body) => client.embeddings.create(body)],
  [/\/images\/generations$/, (client, body) => client.images.generate(body)],
  [/\/images\/edits$/, (client, body) => client.images.edit(withFile('image', body))],
  [/\/images\/variations$/, (client, body) => client.images.createVariation(withFile('image', body))],
  [/\/audio\/speech$/, speech],
  [/\/audio\/transcriptions$/, (client, body) => client.audio.transcriptions.create(withFile('file', body))],
  [/\/audio\/translations$/, (client, body) => client.audio.translations.create(withFile('file', body))],
  [/\/moderations$/, (client, body) => client.moderations.create(body)],
  [/\/responses\/compact$/, (client, body) => client.responses.compact(body)],
  [/\/responses\/input_tokens$/, (client, body) => client.responses.inputTokens.count(body)],
  [/\/responses$/, (client, body) => client.responses.create(body)],
]; // prettier-ignore

async function speech(client, body) {
  const answer = await client.audio.speech.create(body);
  await answer.arrayBuffer();
}

/** A file that was uploaded is not in the recording: the fields beside it are, and stand in a form. */
function withFile(field, body) {
  const file = new File([new Uint8Array(16)], field === 'image' ? 'image.png' : 'audio.wav');
  return { ...formFields(body), [field]: file };
}

/** The text fields of a multipart form. */
function formFields(body) {
  if (typeof body !== 'string') return body ?? {};
  const pattern = /name="([\w[\]]+)"(?:\r?\n[^\r\n]+)*\r?\n\r?\n([^\r\n]*)/g;
  const found = [...body.matchAll(pattern)].map(([, name, value]) => [name, value]);
  return Object.fromEntries(found.filter(([name]) => name !== 'file' && name !== 'image'));
}

export function baseUrlOf(url) {
  const operation = OPERATIONS.find(([ending]) => ending.test(url.pathname));
  const path = operation ? url.pathname.replace(operation[0], '') : '/v1';
  return `${url.origin}${path}`;
}

/** Makes the request with the method for it, or else by its path, as clients do for new interfaces. */
export async function makeCopied(client, { url, method, body }) {
  const operation = OPERATIONS.find(([ending]) => ending.test(url.pathname));
  const polled = /\/responses\/(resp_\w+)$/.exec(url.pathname)?.[1];
  if (polled !== undefined && method === 'GET')
    return void (await client.responses.retrieve(polled));
  const hasMethod = operation !== undefined && method === 'POST';
  const answer = await (hasMethod ? operation[1](client, body) : byPath(client, method, url, body));
  if (answer !== null && typeof answer === 'object' && Symbol.asyncIterator in answer) {
    if (body?.stream === true) await readAll(answer);
  }
}

function byPath(client, method, url, body) {
  const options = typeof body === 'object' && body !== null ? { body } : {};
  return client[method.toLowerCase()](
    `${url.pathname.replace(/^\/v1\b/, '')}${url.search}`,
    options,
  );
}
