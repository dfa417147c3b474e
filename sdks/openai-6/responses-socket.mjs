// The Responses API of the SDK of this folder, over a WebSocket.
export { ResponsesWS } from 'openai/resources/responses/ws';
