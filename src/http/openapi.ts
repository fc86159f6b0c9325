import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { JsonObject } from "../core/json.ts";
import { docsPage, docsPolicy } from "./docs.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

export function openApiRoutes(app: FastifyInstance): void {
  const document = openApiDocument();
  const html = docsPage(operations);
  app.get("/openapi.json", async () => document);
  app.get("/docs", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").header("content-security-policy", docsPolicy).send(html),
  );
}

function openApiDocument(): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationJson(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Antiphon",
      version: "0.1.0",
      description: "One interactive message on several chat platforms.",
    },
    paths: paths as unknown as JsonObject,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        header: { type: "apiKey", in: "header", name: "x-api-key" },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

function operationJson(operation: Operation): JsonObject {
  const { summary, tag, body, query, answer } = operation;
  const problem = { $ref: "#/components/schemas/Problem" };
  return {
    summary,
    tags: [tag],
    "x-scope": operation.scope,
    parameters: [
      ...pathParameters(operation.path),
      ...queryParameters(query ?? {}),
      ...(operation.method === "post" ? [idempotencyKey] : []),
    ],
    ...(body
      ? { requestBody: { required: !operation.isBodyOptional, content: jsonContent(jsonSchema(body)) } }
      : {}),
    responses: {
      [String(answer.status)]: {
        description: answer.says,
        ...(answer.schema && { content: jsonContent(jsonSchema(answer.schema)) }),
      },
      default: { description: "A problem.", content: { "application/problem+json": { schema: problem } } },
    },
    security: securityOf(operation),
  };
}

/** OpenAPI has scopes only for OAuth: ours stand beside it. */
function securityOf({ scope, isOpenHere }: Operation): JsonObject[] {
  if (scope === "open") return [];
  return [...(isOpenHere ? [{}] : []), { bearer: [] }, { header: [] }];
}

const idempotencyKey: JsonObject = {
  name: "Idempotency-Key",
  in: "header",
  description: "For 7 days the same key and body get the first answer again, and nothing is done twice.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const jsonContent = (schema: JsonObject) => ({ "application/json": { schema } });

function jsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest as JsonObject;
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: Record<string, string>): JsonObject[] {
  return Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    description,
    schema: { type: "string" },
  }));
}

const problemSchema: JsonObject = {
  type: "object",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["pointer", "rule", "message"],
        properties: {
          pointer: { type: "string", description: "JSON pointer from the root of the request body" },
          rule: { type: "string" },
          limit: { type: ["number", "string"] },
          actual: { type: ["number", "string"] },
          unit: { type: "string" },
          message: { type: "string" },
          hint: { type: "string" },
        },
      },
    },
  },
};
