// The realtime client of this folder as an ES module.
export { OpenAIRealtimeWS } from 'openai/beta/realtime/ws';
