import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, resolve, sep } from "node:path";

/** What a page of this process may load: by path prefix (`/runtime/`), a folder; by whole path, bytes. */
export interface Served {
  readonly folders?: Readonly<Record<string, string>>;
  readonly files?: ReadonlyMap<string, Uint8Array | string>;
}

export interface Server {
  /** Without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = { ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** What makes a page cross-origin isolated, so that WebAssembly has threads. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Cache-Control": "no-store" };

/** An empty page at `/`, and what is served, on a free port that only this machine reaches. */
export async function serve({ folders = {}, files = new Map() }: Served): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const content = path === "/" ? "<!doctype html><title>Halftone</title>" : files.get(path);
    if (content !== undefined) return void send(response, path === "/" ? ".html" : extname(path)).end(content);
    void sendFile(response, folders, path);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function sendFile(response: ServerResponse, folders: Readonly<Record<string, string>>, path: string): Promise<void> {
  const [prefix, folder] = Object.entries(folders).find(([each]) => path.startsWith(each)) ?? [];
  const file = folder && resolve(folder, path.slice(prefix!.length));
  const isThere =
    file?.startsWith(folder + sep) &&
    (await stat(file)
      .then((found) => found.isFile())
      .catch(() => false));
  if (!isThere) return void response.writeHead(404).end();
  createReadStream(file!).pipe(send(response, extname(file!)));
}

const send = (response: ServerResponse, extension: string): ServerResponse =>
  response.writeHead(200, { ...isolation, "Content-Type": types[extension] ?? "application/octet-stream" });
