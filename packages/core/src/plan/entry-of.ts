/** What a record of a plan holds under a name. Names come from models: `constructor` is one like any other. */
export function entryOf<Entry>(record: Readonly<Record<string, Entry>> | undefined, name: string | undefined): Entry | undefined {
  return record !== undefined && name !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
