import { type PlanContext, plan, type QuantizeOptions } from "@halftone/core";
import { minMax } from "@halftone/min-max";

/** What `use` answers when it gets what the pipeline hands to a search method. */
export async function withPlanContext<Result>(
  options: Omit<QuantizeOptions, "method">,
  observe: ReturnType<typeof minMax>["observe"],
  use: (context: PlanContext) => Promise<Result>,
): Promise<Result> {
  const method = minMax();
  const results: Result[] = [];
  await plan({
    ...options,
    method: {
      name: "guest",
      observe: (context) => [...observe(context), ...method.observe(context)],
      plan: async (context) => {
        results.push(await use(context));
        return method.plan(context);
      },
    },
  });
  return results[0]!;
}
