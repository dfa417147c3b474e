// Gemini, by Google's own service or by Vertex, through @google/genai.

import { imported, readAll } from './loader.mjs';

const METHODS = {
  generateContent: (models, request) => models.generateContent(request),
  streamGenerateContent: async (models, request) =>
    readAll(await models.generateContentStream(request)),
  countTokens: (models, { model, contents }) => models.countTokens({ model, contents }),
  embedContent: (models, request) => models.embedContent(request),
  batchEmbedContents: (models, request) => models.embedContent(request),
  predict: (models, request) => models.embedContent(request),
};

export async function open(folder) {
  const { GoogleGenAI } = await imported(folder);
  return ({ url, body }) => {
    const path = decodeURIComponent(url.pathname);
    const method = path.slice(path.lastIndexOf(':') + 1);
    const stores = /\/(fileSearchStores(?:\/[^/]+)?)$/.exec(path)?.[1];
    const client = new GoogleGenAI({ ...whereOf(url, path), httpOptions: httpOf(url, path) });
    if (stores !== undefined) return store(client, stores, body);
    return METHODS[method](client.models, requestOf(path, method, body));
  };
}

/** A store is made where none is named, else deleted. */
const store = ({ fileSearchStores }, name, body) =>
  name.includes('/')
    ? fileSearchStores.delete({ name, config: { force: true } })
    : fileSearchStores.create({ config: body ?? {} });

function whereOf(url, path) {
  const [, project, location] = /\/projects\/([^/]+)\/locations\/([^/]+)\//.exec(path) ?? [];
  if (project === undefined) {
    return url.hostname.includes('aiplatform')
      ? { vertexai: true, apiKey: 'none' }
      : { apiKey: 'none' };
  }
  const getRequestHeaders = async () => new Headers({ authorization: 'Bearer none' });
  return {
    vertexai: true,
    project,
    location,
    googleAuthOptions: { authClient: { getRequestHeaders } },
  };
}

const httpOf = (url, path) => ({ baseUrl: url.origin, apiVersion: /^\/(v\w+)\//.exec(path)?.[1] });

/** The SDK has one `config` for what lies beside the contents. */
function requestOf(path, method, body) {
  const model = path.slice(path.lastIndexOf('/models/') + '/models/'.length, path.lastIndexOf(':'));
  if (method === 'generateContent' || method === 'streamGenerateContent') {
    const { contents, generationConfig, ...rest } = body;
    return { model, contents, config: { ...generationConfig, ...rest } };
  }
  if (method === 'batchEmbedContents') {
    const { outputDimensionality, taskType } = body.requests[0];
    const contents = body.requests.map(({ content }) => content);
    return { model, contents, config: { outputDimensionality, taskType } };
  }
  if (method === 'predict') {
    return { model, contents: body.instances.map(({ content }) => content) };
  }
  return { model, contents: body.contents ?? body.content };
}
