import * as z from 'zod/mini'

/** A JSON Schema. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/**
 * JSON Schemas by name, which refer to each other by `#/components/schemas/{name}`. Objects are open, so that a member may be added:
 * with `isClosed` they are as the code takes them.
 */
export function schemasOf(
  schemas: Record<string, z.core.$ZodType>,
  target: 'draft-2020-12' | 'draft-07',
  isClosed = false,
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const { schemas: made } = z.toJSONSchema(registry, {
    target,
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      if (!isClosed && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      // A format says it.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return Object.fromEntries(Object.entries(made).map(([id, { $schema, $id, ...schema }]) => [id, schema]))
}
