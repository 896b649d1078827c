import { create, type Message, type MessageName } from "./wire/messages.ts";

/** What of a message the graph has no place for. */
type Kept<Name extends MessageName> = Partial<Message<Name>> & { readonly $name: Name };

/** The fields that are named, and all that is not read; undefined when the graph holds all of the message. */
export function keep<Name extends MessageName>(read: Message<Name>, fields: readonly (keyof Message<Name>)[] = []): Kept<Name> | undefined {
  const isSet = (field: keyof Message<Name>): boolean => {
    const content: unknown = read[field];
    return Array.isArray(content) ? content.length > 0 : content !== undefined;
  };
  const set = fields.filter(isSet);
  if (set.length === 0 && !read.$unread) return undefined;
  return Object.fromEntries((["$name", "$unread", ...set] as const).map((field) => [field, read[field]])) as Kept<Name>;
}

/** A new message that starts with what was kept. */
export function carry<Name extends MessageName>(name: Name, kept: unknown): Message<Name> {
  const content = kept as Kept<Name> | undefined;
  return create(name, content?.$name === name ? content : {});
}
