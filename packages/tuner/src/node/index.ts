export { journalFile } from "./journal-file.ts";
