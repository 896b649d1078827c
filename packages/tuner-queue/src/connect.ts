import { QuantError } from "@halftone/core";
import { Redis } from "ioredis";

/** Waits and tries again while the server is away, but not for the first connection. @throws `invalid-config`, `backend-unavailable`. */
export async function connect(url: string): Promise<Redis> {
  const name = nameOf(url);
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, retryStrategy: (attempt) => Math.min(100 * attempt, 2000) });
  // Without a listener the first lost connection would end the process.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return redis;
  } catch (cause) {
    redis.disconnect();
    throw new QuantError("backend-unavailable", `The queue's server ${name} cannot be reached: ${(cause as Error).message}. Is it running there?`, {
      details: { server: name },
      cause,
    });
  }
}

/** Without user and password. */
function nameOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "redis:" || parsed?.protocol === "rediss:") return parsed.host;
  throw new QuantError("invalid-config", "The address of the queue is not of the form redis://host:6379 or rediss://host:6379.", {
    details: { field: "queue" },
  });
}
