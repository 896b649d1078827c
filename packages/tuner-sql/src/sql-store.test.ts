import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry, TrialStore } from "@halftone/core";
import { gridSearch, quantune96, readTransfer, tune } from "@halftone/tuner";
import { describeStore } from "@halftone/tuner/testing";
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite } from "./fixtures/open-sqlite.ts";
import { sqlStore } from "./sql-store.ts";

async function entriesOf(store: TrialStore): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of store.read()) entries.push(entry);
  return entries;
}

describe("on SQLite", () => {
  let folder: string;
  let file: string;
  const opened: Kysely<unknown>[] = [];
  const database = (): Kysely<unknown> => {
    const db = openSqlite(file);
    opened.push(db);
    return db;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "halftone-sql-"));
    file = join(folder, "journals.sqlite");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((db) => db.destroy()));
    await rm(folder, { recursive: true, force: true });
  });

  describeStore("sql", () => {
    const db = database();
    return { store: sqlStore({ database: db, journal: "one" }), reopen: () => sqlStore({ database: database(), journal: "one" }) };
  });

  test("a search goes on from the database as if it had not been stopped; journals of one database do not mix", async () => {
    const search = (journal: string, trials: number) =>
      tune({
        workload: { id: journal, features: {} },
        ...{ space: quantune96(), strategy: gridSearch(), trials, store: sqlStore({ database: database(), journal }) },
        executor: { concurrency: 2, execute: async ({ candidate }) => ({ status: "done", score: JSON.stringify(candidate).length, metrics: {} }) },
      });
    await search("a", 5);
    await search("b", 3);
    const { trials } = await search("a", 9);
    expect(trials.map(({ id }) => id).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await readTransfer(sqlStore({ database: database(), journal: "a" })))?.trials).toEqual(trials);
    expect((await readTransfer(sqlStore({ database: database(), journal: "b" })))?.trials).toHaveLength(3);
  });

  test("the same trial from two writers is there once", async () => {
    const entry: JournalEntry = {
      kind: "trial",
      trial: { id: 7, workload: "w", candidate: {}, effort: 1, outcome: { status: "done", score: 1, metrics: {} } },
    };
    const [one, other] = [sqlStore({ database: database(), journal: "j" }), sqlStore({ database: database(), journal: "j" })];
    await one.append(entry);
    await expect(other.append(entry)).rejects.toMatchObject({ code: "write-failed", details: { journal: "j" } });
    expect(await entriesOf(one)).toEqual([entry]);
  });

  test("a row that is no entry is refused with its place", async () => {
    const db = database();
    await sqlStore({ database: db, journal: "j" }).append({ kind: "header", version: 1, space: "s", workload: { id: "w", features: {} } });
    await sql`insert into halftone_journal values ('j', 1, 0, '{"kind":"trial"}')`.execute(db);
    await expect(entriesOf(sqlStore({ database: db, journal: "j" }))).rejects.toMatchObject({ code: "invalid-data", details: { line: 2, field: "trial" } });
  });
});

test("what PostgreSQL is sent is in its dialect", async () => {
  const sent: string[] = [];
  const database = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: async () => undefined,
        acquireConnection: async () => ({
          executeQuery: async <Row>({ sql: text }: { readonly sql: string }) => {
            sent.push(text);
            return { rows: (text.startsWith("select count") ? [{ count: "3" }] : []) as Row[] };
          },
          // biome-ignore lint/correctness/useYield: nothing is streamed
          streamQuery: async function* () {
            return undefined;
          },
        }),
        beginTransaction: async () => void sent.push("begin"),
        commitTransaction: async () => void sent.push("commit"),
        rollbackTransaction: async () => void sent.push("rollback"),
        releaseConnection: async () => undefined,
        destroy: async () => undefined,
      }),
    },
  });
  const trial = { id: 2, workload: "w", candidate: {}, effort: 1, outcome: { status: "done", score: 1, metrics: {} } } as const;
  await sqlStore({ database, journal: "j" }).append({ kind: "trial", trial });
  expect(sent[0]).toMatch(/^create table if not exists "halftone_journal" \("journal" varchar\(200\) not null, .*primary key \("journal", "position"\)/);
  expect(sent.slice(1)).toEqual([
    "begin",
    'select count(*) as "count" from "halftone_journal" where "journal" = $1',
    'insert into "halftone_journal" ("journal", "position", "trial", "entry") values ($1, $2, $3, $4)',
    "commit",
  ]);
});
