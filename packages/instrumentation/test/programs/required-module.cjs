// An ES module that CommonJS requires, and that is one file: one call with a client of it.

const [file, baseUrl] = process.argv.slice(2);
const { GoogleGenAI } = require(file);

const { models } = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } });
models.generateContent({ model: 'm-whole', contents: 'Hi' }).then(({ text }) => console.log(text));
