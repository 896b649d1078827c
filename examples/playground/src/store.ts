/** State that is replaced, never changed in place, and told of. */
export interface Store<State> {
  readonly state: State;
  set(change: Partial<State>): void;
  /** Calls `show` now, and again whenever `select` answers another value. */
  watch<Part>(select: (state: State) => Part, show: (part: Part) => void): void;
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const watchers: (() => void)[] = [];
  return {
    get state() {
      return state;
    },
    set(change) {
      state = { ...state, ...change };
      for (const look of [...watchers]) look();
    },
    watch(select, show) {
      let shown = select(state);
      watchers.push(() => {
        const selected = select(state);
        if (Object.is(selected, shown)) return;
        shown = selected;
        show(selected);
      });
      show(shown);
    },
  };
}
