/** For Node: onnxruntime-web in a real Chromium. */
export { type ChromiumBackend, type ChromiumOptions, chromiumBackend } from "./chromium-backend.ts";
export { findChromium } from "./find-chromium.ts";
export { type LaunchedPage, type LaunchOptions, launchPage } from "./launch-page.ts";
export type { Served } from "./serve.ts";
