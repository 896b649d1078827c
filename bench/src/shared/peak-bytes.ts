import { existsSync, readFileSync } from "node:fs";

/**
 * The most memory this process has held so far. Linux carries the parent's peak over into `maxRSS`; the high-water mark of the
 * process itself starts anew.
 */
export function peakBytes(): number {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return 1024 * (highWater === undefined ? process.resourceUsage().maxRSS : Number(highWater));
}
