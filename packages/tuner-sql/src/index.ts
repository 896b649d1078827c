export { type JournalTable, type SqlStoreOptions, sqlStore } from "./sql-store.ts";
