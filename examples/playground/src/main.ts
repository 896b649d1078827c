import { wasmBackend } from "@halftone/web/wasm";
import { createActions } from "./actions.ts";
import { initialState } from "./state.ts";
import { createStore } from "./store.ts";
import { resultsView } from "./views/results.ts";
import { runView } from "./views/run.ts";
import { settingsView } from "./views/settings.ts";
import { subjectView } from "./views/subject.ts";

const store = createStore(initialState);
const actions = createActions(store, wasmBackend());
document.querySelector("#page")?.append(subjectView(store, actions), settingsView(store), runView(store, actions), resultsView(store, actions));
