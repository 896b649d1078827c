// node measure-row.js JOB: measures one row of the table, in a process of its own. JOB is JSON; so is the answer, one line on standard output.
import { measure } from "./measure.ts";
import type { Outcome } from "./row.ts";

const outcome: Outcome = await measure(JSON.parse(process.argv[2] ?? "")).catch((error: unknown) => ({ failure: String(error) }));
console.log(JSON.stringify(outcome));
