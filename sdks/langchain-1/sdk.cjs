// The SDK of this folder as CommonJS.
const { BaseChatModel } = require('@langchain/core/language_models/chat_models');
const { AIMessage, AIMessageChunk } = require('@langchain/core/messages');
const { ChatGenerationChunk } = require('@langchain/core/outputs');
const { ChatPromptTemplate } = require('@langchain/core/prompts');
const { BaseRetriever } = require('@langchain/core/retrievers');
const { StringOutputParser } = require('@langchain/core/output_parsers');
const { InMemoryCache } = require('@langchain/core/caches');
const { StructuredTool, tool } = require('@langchain/core/tools');
const { MessagesAnnotation, START, StateGraph } = require('@langchain/langgraph');
const { ToolNode } = require('@langchain/langgraph/prebuilt');
const { z } = require('zod');
const { createAgent } = require('langchain');
const { ChatOpenAI, OpenAIEmbeddings } = require('@langchain/openai');
module.exports = {
  BaseChatModel,
  AIMessage,
  AIMessageChunk,
  ChatGenerationChunk,
  ChatPromptTemplate,
  BaseRetriever,
  StringOutputParser,
  InMemoryCache,
  StructuredTool,
  tool,
  MessagesAnnotation,
  START,
  StateGraph,
  ToolNode,
  z,
  createAgent,
  ChatOpenAI,
  OpenAIEmbeddings,
};
