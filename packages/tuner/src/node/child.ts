/** The process behind `childExecutor`: asked through a message channel by its parent, gone when the channel is. */
import { type Answer, failedAnswer, type OpenTrials, type Request, type TrialHost } from "./child-protocol.ts";

const { signal } = new AbortController();

async function serve(): Promise<void> {
  let host: TrialHost | undefined;
  const answer = async (request: Request): Promise<Answer> => {
    if (request.kind === "trial") return { kind: "outcome", outcome: await host!.execute(request.proposal, signal) };
    const { default: open } = (await import(request.module)) as { readonly default: OpenTrials };
    host = await open(request.setup);
    return { kind: "opened" };
  };
  process.on("message", async (request: Request) => process.send!(await answer(request).catch(failedAnswer)));
  process.on("disconnect", () => process.exit());
  // Ctrl-C reaches the whole process group; the parent decides what becomes of the trials.
  process.on("SIGINT", () => {});
}

await serve();
