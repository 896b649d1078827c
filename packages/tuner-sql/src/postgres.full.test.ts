import { describeSql } from "./fixtures/describe-sql.ts";
import { openPostgres } from "./fixtures/open-postgres.ts";

describeSql("PostgreSQL", openPostgres);
