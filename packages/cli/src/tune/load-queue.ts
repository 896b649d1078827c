import { QuantError } from "@halftone/core";

/** @throws `backend-unavailable` when the optional package is not installed. */
export async function loadQueue(): Promise<typeof import("@halftone/tuner-queue")> {
  try {
    return await import("@halftone/tuner-queue");
  } catch (cause) {
    throw new QuantError("backend-unavailable", "Queues need another package: npm install @halftone/tuner-queue", {
      details: { package: "@halftone/tuner-queue" },
      cause,
    });
  }
}
