// Every way an agent may use @google/genai.

import { forget, kindOf, readAll, readSome } from './vendor-play.mjs';

export const open = ({ GoogleGenAI }, baseUrl) =>
  new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } });

const ask = (model, config) => ({ model, contents: 'Hi', ...(config && { config }) });
const DECLARATION = { name: 'weather', parameters: { type: 'OBJECT', properties: {} } };

/** A tool that the client itself calls, and then asks the model again. */
const callable = () => ({
  tool: async () => ({ functionDeclarations: [DECLARATION] }),
  callTool: async () => [{ functionResponse: { name: 'weather', response: { sky: 'grey' } } }],
});

export const scenarios = {
  'm-whole': async ({ models }, model) => {
    const promise = models.generateContent(
      ask(model, { temperature: 0.5, maxOutputTokens: 64, topK: 3, stopSequences: ['.'] }),
    );
    const answer = await promise;
    return { kind: kindOf(promise), answer, text: answer.text, usage: answer.usageMetadata };
  },
  'm-stream': async ({ models }, model) => readAll(await models.generateContentStream(ask(model))),
  'm-tool': ({ models }, model) =>
    models.generateContent(ask(model, { tools: [{ functionDeclarations: [DECLARATION] }] })),
  'm-tool-auto': ({ models }, model) => models.generateContent(ask(model, { tools: [callable()] })),
  'm-tool-stream': async ({ models }, model) =>
    readAll(
      await models.generateContentStream(
        ask(model, { tools: [{ functionDeclarations: [DECLARATION] }] }),
      ),
    ),
  'm-media': ({ models }, model) => models.generateContent(ask(model)),
  'm-blocked': ({ models }, model) => models.generateContent(ask(model)),
  'm-length': ({ models }, model) => models.generateContent(ask(model)),
  'm-chats': async ({ chats }, model) => {
    const chat = chats.create({ model });
    const first = await chat.sendMessage({ message: 'Hi' });
    const second = await readAll(await chat.sendMessageStream({ message: 'And?' }));
    return { first, second, history: chat.getHistory() };
  },
  'm-break': async ({ models }, model) =>
    readSome(await models.generateContentStream(ask(model)), 2),
  'm-by-hand': async ({ models }, model) => {
    const stream = await models.generateContentStream(ask(model));
    const first = await stream.next();
    return { first, left: await stream.return('left'), after: await stream.next() };
  },
  'm-cut': async ({ models }, model) => readAll(await models.generateContentStream(ask(model))),
  // The first version takes what it asks for in the client alone.
  'm-retry': ({ models }, model) => {
    const retryOptions = { attempts: 3, initialDelay: 0.001, maxDelay: 0.001 };
    return models.generateContent(ask(model, { httpOptions: { retryOptions } }));
  },
  'm-missing': ({ models }, model) => models.generateContent(ask(model)),
  'm-abort': ({ models }, model) => {
    const gone = new AbortController();
    const answer = models.generateContent(ask(model, { abortSignal: gone.signal }));
    setImmediate(() => gone.abort());
    return answer;
  },
  'm-forgotten': ({ models }, model) => forget(() => void models.generateContent(ask(model))),
  'm-images': ({ models }, model) =>
    models.generateImages({ model, prompt: 'Hi', config: { numberOfImages: 3 } }),
  'm-embed': ({ models }, model) =>
    models.embedContent({ model, contents: ['Hi', 'there'], config: { outputDimensionality: 3 } }),
};
