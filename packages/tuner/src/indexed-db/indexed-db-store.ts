import { type JournalEntry, QuantError, type TrialStore } from "@halftone/core";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { parseEntry } from "../store/entry.ts";

interface Schema extends DBSchema {
  /** JSON, in the order of their keys: 1, 2, 3 and so on. */
  readonly entries: { readonly key: number; readonly value: string };
}

/**
 * A journal in the browser's database, one database per journal. An entry is on the disk before `append` resolves, as far as the browser can tell. Several
 * pages may read; one at a time may append.
 */
export function indexedDbStore(journal: string): TrialStore {
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const open = (): Promise<IDBPDatabase<Schema>> => {
    const forget = (): void => {
      opened = undefined;
    };
    opened ??= openDB<Schema>(`halftone ${journal}`, 1, {
      upgrade: (database) => void database.createObjectStore("entries", { autoIncrement: true }),
      // Whoever wants to delete or upgrade the database need not wait for this page to be closed.
      blocking: (_, __, event) => {
        forget();
        (event.target as IDBDatabase).close();
      },
      terminated: forget,
    }).catch((cause: unknown) => {
      forget();
      throw cause;
    });
    return opened;
  };
  const append = async (entry: JournalEntry): Promise<void> => {
    try {
      const transaction = (await open()).transaction("entries", "readwrite", { durability: "strict" });
      await Promise.all([transaction.store.add(JSON.stringify(entry)), transaction.done]);
    } catch (cause) {
      throw failure("write-failed", journal, "written", cause);
    }
  };
  const lines = async (): Promise<readonly string[]> => {
    try {
      return await (await open()).getAll("entries");
    } catch (cause) {
      throw failure("invalid-data", journal, "read", cause);
    }
  };
  return {
    append: (entry) => {
      const write = last.then(() => append(entry));
      last = write.catch(() => undefined);
      return write;
    },
    read: async function* () {
      await last;
      for (const [index, line] of (await lines()).entries()) yield parseEntry(line, index + 1);
    },
  };
}

function failure(code: "write-failed" | "invalid-data", journal: string, what: string, cause: unknown): QuantError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QuantError(code, `The journal ${journal} cannot be ${what} in the browser's database: ${reason}.`, { details: { journal, reason }, cause });
}
