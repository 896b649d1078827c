import * as z from "zod/mini";
import { configSchema } from "./schema.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The fields that an object at this path of a configuration file may have. */
export function knownFields(path: readonly PropertyKey[]): readonly string[] {
  const root = z.toJSONSchema(configSchema) as Schema;
  const schema = path.reduce<Schema | undefined>((inside, step) => (typeof step === "number" ? inside?.items : inside?.properties?.[String(step)]), root);
  return Object.keys(schema?.properties ?? {});
}
