// The openai client's pictures, sounds and moderations.

const upload = (name) => new File(['content'], name, { type: 'application/octet-stream' });

async function readAll(stream) {
  const seen = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

export const mediaScenarios = {
  'm-image': (client, { model }) =>
    client.images.generate({ model, prompt: 'a cat', n: 2, size: '1024x1024' }),
  'm-image-edit': (client, { model }) =>
    client.images.edit({ model, prompt: 'a hat', image: upload('cat.png') }),
  'm-image-variation': (client, { model }) =>
    client.images.createVariation({ model, image: upload('cat.png') }),
  'm-image-stream': async (client, { model }) =>
    readAll(await client.images.generate({ model, prompt: 'a cat', stream: true })),
  'm-transcribe': (client, { model }) =>
    client.audio.transcriptions.create({ model, file: upload('a.wav') }),
  'm-transcribe-seconds': (client, { model }) =>
    client.audio.transcriptions.create({ model, file: upload('a.wav') }),
  'm-transcribe-stream': async (client, { model }) =>
    readAll(
      await client.audio.transcriptions.create({ model, file: upload('a.wav'), stream: true }),
    ),
  'm-translate': (client, { model }) =>
    client.audio.translations.create({ model, file: upload('a.wav') }),
  'm-speech': async (client, { model }) => {
    const response = await client.audio.speech.create({ model, input: 'Hello', voice: 'ash' });
    return { status: response.status, sound: await response.text() };
  },
  'm-moderation': (client, { model }) => client.moderations.create({ model, input: 'Hi' }),
};
