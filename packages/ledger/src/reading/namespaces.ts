// The namespaces in which emitters write GenAI attributes: a span with one of them that no dialect
// claims is an emitter, or a version of one, that is not understood here.

const NAMESPACES = [
  ...['gen_ai.', 'llm.', 'ai.', 'openinference.', 'traceloop.', 'langfuse.', 'langsmith.'],
  ...['lmnr.', 'mlflow.', 'mastra.', 'voltagent.', 'genkit:', 'gcp.vertex.agent.', 'openlit.'],
  ...['langgraph.', 'litellm.', 'agent_framework.', 'crewai.', 'haystack.', 'pydantic_ai.'],
];

export const isGenAiName = (name: string): boolean =>
  NAMESPACES.some((namespace) => name.startsWith(namespace));
