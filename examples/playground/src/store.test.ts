import { expect, test } from "vitest";
import { createStore } from "./store.ts";

test("tells of a part when that part becomes another, and of nothing else", () => {
  const store = createStore({ name: "a", count: 0 });
  const names: string[] = [];
  store.watch(
    ({ name }) => name,
    (name) => names.push(name),
  );
  store.set({ count: 1 });
  store.set({ name: "a" });
  store.set({ name: "b", count: 2 });
  expect(names).toEqual(["a", "b"]);
  expect(store.state).toEqual({ name: "b", count: 2 });
});

test("a watcher may change the state it is told of", () => {
  const store = createStore({ asked: 0, answered: 0 });
  store.watch(
    ({ asked }) => asked,
    (asked) => {
      if (store.state.answered !== asked) store.set({ answered: asked });
    },
  );
  store.set({ asked: 3 });
  expect(store.state).toEqual({ asked: 3, answered: 3 });
});
