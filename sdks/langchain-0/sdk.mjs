// The SDK of this folder as an ES module.
export { BaseChatModel } from '@langchain/core/language_models/chat_models';
export { AIMessage, AIMessageChunk } from '@langchain/core/messages';
export { ChatGenerationChunk } from '@langchain/core/outputs';
export { ChatPromptTemplate } from '@langchain/core/prompts';
export { BaseRetriever } from '@langchain/core/retrievers';
export { StringOutputParser } from '@langchain/core/output_parsers';
export { InMemoryCache } from '@langchain/core/caches';
export { StructuredTool, tool } from '@langchain/core/tools';
export { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
export { ToolNode } from '@langchain/langgraph/prebuilt';
export { z } from 'zod';
export { AgentExecutor, createToolCallingAgent } from 'langchain/agents';
export { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
