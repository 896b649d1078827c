import { describeSql } from "./fixtures/describe-sql.ts";
import { openSqlite } from "./fixtures/open-sqlite.ts";

describeSql("SQLite", openSqlite);
