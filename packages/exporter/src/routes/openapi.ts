// The description of the REST API in the words of OpenAPI 3.1, made from the table of routes.

import { ERRORS } from '@spanledger/ledger';
import { z } from 'zod';
import type { Route } from './route.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly [string];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<'application/json', { readonly schema: JsonSchema }>>;
  };
  readonly responses: JsonSchema;
}

export interface ApiDescription {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [name: string]: unknown;
}

const ORGANISATION: Parameter = {
  name: 'org',
  in: 'query',
  required: false,
  description: 'whose data, with a key of all organisations; any other key names only its own',
  schema: { type: 'string' },
};

const ANY_ERROR = { $ref: '#/components/responses/error' };

export function describeApi(routes: readonly Route[], version: string): ApiDescription {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = (paths[templateOf(route.path)] ??= {});
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Spanledger',
      version,
      description:
        'What agents did and what it cost. Each answer is about the organisation of the key.',
    },
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { error: ERROR },
      responses: {
        error: {
          description: 'what is wrong, by a code, and what to do about it',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } },
        },
      },
    },
  };
}

const ERROR: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'detail', 'next_step'],
      properties: {
        code: { enum: Object.keys(ERRORS) },
        message: { type: 'string' },
        detail: { type: 'string' },
        next_step: { type: 'string' },
      },
    },
  },
};

/** `/traces/:trace_id` as `/traces/{trace_id}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(route: Route): Operation {
  const { method, path, meaning, role = 'read' } = route;
  const { properties, required } = schemaOf(route.parameters);
  const placed = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const inPath = Object.entries(properties).filter(([name]) => placed.includes(name));
  const others = Object.entries(properties).filter(([name]) => !placed.includes(name));
  const named = others.some(([name]) => name === 'org') ? [] : [ORGANISATION];
  const inQuery = others.map(([name, schema]) => parameterOf(name, schema, 'query', required));
  const subject = path.split('/').find((part) => !/^(|api|v1|:.*)$/.test(part));
  return {
    operationId: [method.toLowerCase(), ...path.match(/\w+/g)!].join('_'),
    tags: [subject ?? 'api'],
    summary: meaning,
    description: `Needs a key with the role ${role}.`,
    parameters: [
      ...inPath.map(([name, schema]) => parameterOf(name, schema, 'path', required)),
      ...(method === 'POST' ? [] : [...inQuery, ...named]),
    ],
    ...(method === 'POST' ? { requestBody: bodyOf(others, required) } : {}),
    responses: { 200: good(route), '4XX': ANY_ERROR, '5XX': ANY_ERROR },
  };
}

function bodyOf(
  properties: readonly (readonly [string, JsonSchema])[],
  required: readonly string[],
): NonNullable<Operation['requestBody']> {
  const names = properties.map(([name]) => name);
  const { name, schema } = ORGANISATION;
  const schemas = { [name]: schema, ...Object.fromEntries(properties) };
  const needed = required.filter((one) => names.includes(one));
  const object = {
    type: 'object',
    properties: schemas,
    additionalProperties: false,
    ...(needed.length === 0 ? {} : { required: needed }),
  };
  return { required: true, content: { 'application/json': { schema: object } } };
}

function parameterOf(
  name: string,
  schema: JsonSchema,
  place: 'path' | 'query',
  required: readonly string[],
): Parameter {
  const { description = '', ...rest } = schema;
  return {
    ...{ name, in: place, required: place === 'path' || required.includes(name) },
    ...{ description: String(description), schema: rest },
  };
}

function good({ answers, media = 'application/json' }: Route): JsonSchema {
  const schema = answers === undefined ? {} : { schema: jsonSchema(answers, 'output') };
  return { description: 'the answer', content: { [media]: schema } };
}

function schemaOf(shape: z.ZodRawShape): {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
} {
  const { properties = {}, required = [] } = jsonSchema(z.object(shape), 'input');
  return {
    properties: properties as Readonly<Record<string, JsonSchema>>,
    required: required as readonly string[],
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // What a format says, its pattern need not say again at length.
    override: ({ jsonSchema: made }) => {
      if (made.format === 'date-time' || made.format === 'date') delete made.pattern;
    },
  });
  return rest;
}
