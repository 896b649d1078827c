import { type Candidate, type JournalEntry, type Outcome, type Proposal, QuantError, type Trial, type Workload } from "@halftone/core";

/**
 * A line of a journal. What was read is checked field by field: a journal is untrusted input.
 *
 * @throws `invalid-data` naming the line and the field.
 */
export function parseEntry(line: string, number: number): JournalEntry {
  const refuse = (field: string, problem: string): never => {
    throw new QuantError("invalid-data", `Line ${number} of the journal, field ${field}: ${problem}.`, { details: { line: number, field } });
  };
  const entry = record(parseJson(line, refuse), "(root)", refuse);
  switch (entry["kind"]) {
    case "header":
      if (entry["version"] !== 1) refuse("version", `${JSON.stringify(entry["version"])} is not 1, the version that this release reads`);
      return { kind: "header", version: 1, space: text(entry["space"], "space", refuse), workload: workloadOf(entry["workload"], refuse) };
    case "trial":
      return { kind: "trial", trial: trialOf(entry["trial"], refuse) };
    default:
      return refuse("kind", `${JSON.stringify(entry["kind"])} is not header or trial`);
  }
}

/** What another process says of a trial. @throws `invalid-data` naming the field. */
export function parseOutcome(value: unknown): Outcome {
  return outcomeOf(value, refuseMessage);
}

/** What another process asks for. @throws `invalid-data` naming the field. */
export function parseProposal(value: unknown): Proposal {
  const { candidate, effort } = record(value, "trial", refuseMessage);
  return { candidate: candidateOf(candidate, refuseMessage), effort: number(effort, "trial.effort", refuseMessage) };
}

function refuseMessage(field: string, problem: string): never {
  throw new QuantError("invalid-data", `A message about a trial, field ${field}: ${problem}.`, { details: { field } });
}

type Refuse = (field: string, problem: string) => never;
type Fields = Readonly<Record<string, unknown>>;

function workloadOf(value: unknown, refuse: Refuse): Workload {
  const { id, features, reference, unit } = record(value, "workload", refuse);
  if (unit !== undefined && unit !== "nats") refuse("workload.unit", `${JSON.stringify(unit)} is not nats`);
  return {
    id: text(id, "workload.id", refuse),
    features: numbers(features, "workload.features", refuse),
    ...(reference !== undefined && { reference: number(reference, "workload.reference", refuse) }),
    ...(unit === "nats" && { unit }),
  };
}

function trialOf(value: unknown, refuse: Refuse): Trial {
  const { id, workload, candidate, effort, outcome } = record(value, "trial", refuse);
  return {
    id: number(id, "trial.id", refuse),
    workload: text(workload, "trial.workload", refuse),
    candidate: candidateOf(candidate, refuse),
    effort: number(effort, "trial.effort", refuse),
    outcome: outcomeOf(outcome, refuse),
  };
}

function candidateOf(value: unknown, refuse: Refuse): Candidate {
  const fields = record(value, "trial.candidate", refuse);
  const odd = Object.entries(fields).find(([, each]) => !["string", "number", "boolean"].includes(typeof each));
  return odd === undefined ? (fields as Candidate) : refuse(`trial.candidate.${odd[0]}`, "is no text, number, true or false");
}

function outcomeOf(value: unknown, refuse: Refuse): Outcome {
  const { status, score, metrics, code, message } = record(value, "trial.outcome", refuse);
  if (status === "failed") {
    return { status, code: text(code, "trial.outcome.code", refuse) as QuantError["code"], message: text(message, "trial.outcome.message", refuse) };
  }
  if (status !== "done") return refuse("trial.outcome.status", `${JSON.stringify(status)} is not done or failed`);
  return { status, score: number(score, "trial.outcome.score", refuse), metrics: numbers(metrics, "trial.outcome.metrics", refuse) };
}

function parseJson(line: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return refuse("(root)", "is not JSON");
  }
}

function record(value: unknown, field: string, refuse: Refuse): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : refuse(field, "is no object");
}

function numbers(value: unknown, field: string, refuse: Refuse): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(record(value, field, refuse)).map(([name, each]) => [name, number(each, `${field}.${name}`, refuse)]));
}

function number(value: unknown, field: string, refuse: Refuse): number {
  return typeof value === "number" && Number.isFinite(value) ? value : refuse(field, `${JSON.stringify(value)} is no number`);
}

function text(value: unknown, field: string, refuse: Refuse): string {
  return typeof value === "string" ? value : refuse(field, `${JSON.stringify(value)} is no text`);
}
