import { type JournalEntry, QuantError, type TrialStore } from "@halftone/core";
import { parseEntry } from "@halftone/tuner";
import type { Kysely } from "kysely";

/** One row per entry; all journals of a database live in one table. */
export interface JournalTable {
  readonly journal: string;
  /** Counts the entries of a journal from 0. */
  readonly position: number;
  /** Of the trial; -1 is the header. No trial is there twice, whoever writes. */
  readonly trial: number;
  /** JSON. */
  readonly entry: string;
}

interface Database {
  readonly halftone_journal: JournalTable;
}

export interface SqlStoreOptions {
  /** A connection of the caller's, to SQLite or PostgreSQL; it stays the caller's to close. */
  readonly database: Kysely<unknown>;
  /** Name of the journal; several searches may share a database. */
  readonly journal: string;
}

/**
 * A journal in a SQL database. The table `halftone_journal` is made where it is missing. Two writers cannot damage it: the entry of the later one is
 * refused with `write-failed` where it would follow what it has not read, or repeat a trial.
 */
export function sqlStore({ database, journal }: SqlStoreOptions): TrialStore {
  const db = database as Kysely<Database>;
  let created: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const create = (): Promise<void> => {
    // A failure is not kept: the database may be there the next time.
    created ??= createTable(db).catch((cause: unknown) => {
      created = undefined;
      throw cause;
    });
    return created;
  };
  const append = async (entry: JournalEntry): Promise<void> => {
    try {
      await create();
      await insert(db, journal, entry);
    } catch (cause) {
      throw failure("write-failed", journal, "written", cause);
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
      for (const { position, entry } of await rowsOf(db, journal, create)) yield parseEntry(entry, position + 1);
    },
  };
}

async function createTable(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable("halftone_journal")
    .ifNotExists()
    .addColumn("journal", "varchar(200)", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("trial", "integer", (column) => column.notNull())
    .addColumn("entry", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("halftone_journal_position", ["journal", "position"])
    .addUniqueConstraint("halftone_journal_trial", ["journal", "trial"])
    .execute();
}

function insert(db: Kysely<Database>, journal: string, entry: JournalEntry): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const { count } = await transaction
      .selectFrom("halftone_journal")
      .select((select) => select.fn.countAll().as("count"))
      .where("journal", "=", journal)
      .executeTakeFirstOrThrow();
    const trial = entry.kind === "trial" ? entry.trial.id : -1;
    await transaction
      .insertInto("halftone_journal")
      .values({ journal, position: Number(count), trial, entry: JSON.stringify(entry) })
      .execute();
  });
}

async function rowsOf(db: Kysely<Database>, journal: string, create: () => Promise<void>): Promise<readonly Pick<JournalTable, "position" | "entry">[]> {
  try {
    await create();
    return await db.selectFrom("halftone_journal").select(["position", "entry"]).where("journal", "=", journal).orderBy("position").execute();
  } catch (cause) {
    throw failure("invalid-data", journal, "read", cause);
  }
}

function failure(code: "write-failed" | "invalid-data", journal: string, what: string, cause: unknown): QuantError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QuantError(code, `The journal ${journal} cannot be ${what}: ${reason}.`, { details: { journal, reason }, cause });
}
