// The questions about executions: agent runs as their users see them, running ones included.

import type { Question } from './question.ts';

export interface ExecutionQuestions {}

export const EXECUTION_QUESTIONS: {
  readonly [Name in keyof ExecutionQuestions]: Question<ExecutionQuestions[Name]>;
} = {};
