// The SDK of this folder as CommonJS, with the providers that the scenarios use.
const { createOpenAI } = require('@ai-sdk/openai');
const { createAnthropic } = require('@ai-sdk/anthropic');
const { z } = require('zod');
module.exports = { ai: require('ai'), createOpenAI, createAnthropic, z };
