/** Adds up seconds of what it is handed: on the clock, and of the processor over all threads of this process. */
export interface Stopwatch {
  readonly clock: number;
  readonly processor: number;
  time<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createStopwatch(): Stopwatch {
  const sums = { clock: 0, processor: 0 };
  return {
    get clock() {
      return sums.clock;
    },
    get processor() {
      return sums.processor;
    },
    time: async (work) => {
      const [clock, cpu] = [performance.now(), process.cpuUsage()];
      try {
        return await work();
      } finally {
        const { user, system } = process.cpuUsage(cpu);
        sums.clock += (performance.now() - clock) / 1000;
        sums.processor += (user + system) / 1e6;
      }
    },
  };
}
