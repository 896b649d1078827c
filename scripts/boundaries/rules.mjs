// What the compiler and Biome do not check: who may import whom, and habits this repository has agreed on.
// A rule looks at the project and answers with findings { path, line, message }.
import { cycles } from "./cycles.mjs";
import { packageOf, resolveRelative, roomOf } from "./project.mjs";

/** Core's rooms in the direction data flows: a room imports from itself and from rooms before it. The pipeline is the files directly in src. */
export const rooms = [
  "spec",
  "numerics",
  "data",
  "ir",
  "onnx",
  "normalize",
  "structure",
  "placement",
  "calibrate",
  "outliers",
  "plan",
  "rewrite",
  "runtime",
  "verify",
  "report",
  "plugin",
  "pipeline",
  "backend",
  "probing",
  "testing",
  "index",
];

/** Which workspaces a package may know, and whether it runs on Node only. Tests may also use what the root installs for development. */
const packageRules = [
  { folder: /^packages\/core$/, halftone: [], node: false },
  { folder: /^packages\/methods\//, halftone: ["@halftone/core"], node: false },
  // A page's backend; what drives a browser from Node, and what does without one there, are subpath exports of their own.
  {
    folder: /^packages\/backends\/web$/,
    halftone: ["@halftone/core"],
    node: false,
    nodeRooms: ["packages/backends/web/src/chromium/", "packages/backends/web/src/node/"],
  },
  { folder: /^packages\/backends\/mobile$/, halftone: ["@halftone/core"], node: false },
  { folder: /^packages\/backends\//, halftone: ["@halftone/core"], node: true },
  {
    folder: /^packages\/cli$/,
    halftone: ["core", "node", "web", "mobile", "tuner", "tuner-queue", ...["min-max", "easyquant", "fq-vit", "ptq4vit", "repq-vit", "q-hyvit"]].map(
      (name) => `@halftone/${name}`,
    ),
    node: true,
  },
  // A subpath export of its own, so that the search itself runs in a page.
  { folder: /^packages\/tuner$/, halftone: ["@halftone/core"], node: false, nodeRooms: ["packages/tuner/src/node/"] },
  { folder: /^packages\/tuner-queue$/, halftone: ["@halftone/core", "@halftone/tuner"], node: true },
  { folder: /^packages\/tuner-sql$/, halftone: ["@halftone/core", "@halftone/tuner"], node: false },
];

const maximumLines = 400;
const wireFormat = ["@bufbuild/protobuf", "onnx-buf"];
const bareErrors = ["Error", "TypeError", "RangeError"];
const nodeGlobals = ["process", "Buffer", "__dirname", "__filename", "require", "setImmediate"];

const dependencyFields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

const isRelative = (specifier) => specifier.startsWith(".");
const shipped = (project) => project.sources.filter((source) => source.isPackageSource && !source.isTest);
const rulesFor = (source) => packageRules.find((each) => each.folder.test(source.folder));
const isInNodeRoom = (source, path) => (rulesFor(source)?.nodeRooms ?? []).some((room) => path.startsWith(room));
const isPortable = (source) => rulesFor(source)?.node !== true && !isInNodeRoom(source, source.path);
const isNodeOnly = (source, specifier) => specifier.startsWith("node:") || (isRelative(specifier) && isInNodeRoom(source, resolveRelative(source, specifier)));

/** Findings for every import of the given sources that `judge` objects to. */
const imports = (sources, judge) =>
  sources.flatMap((source) =>
    source.imports.flatMap((each) => {
      const message = judge(source, each);
      return message === undefined ? [] : [{ path: source.path, line: each.line, message }];
    }),
  );

/** Findings for every line of every text that `pattern` matches. */
const linesMatching = (project, pattern, message) =>
  [...project.texts].flatMap(([path, text]) => text.split("\n").flatMap((line, index) => (pattern.test(line) ? [{ path, line: index + 1, message }] : [])));

export const rules = [
  {
    name: "one way through",
    why: "data flows in one direction, so that a stage can be read, tested and replaced without those after it",
    check: (project) => {
      const core = shipped(project).filter((source) => source.room !== undefined);
      const [known, unknown] = [core.filter((source) => rooms.includes(source.room)), core.filter((source) => !rooms.includes(source.room))];
      return [
        ...unknown.map((source) => ({
          path: source.path,
          line: 1,
          message: `"${source.room}" is no room of core: give it a place in the order of scripts/boundaries/rules.mjs`,
        })),
        ...imports(known, (source, { specifier }) => {
          const room = isRelative(specifier) ? roomOf(resolveRelative(source, specifier)) : source.room;
          return rooms.indexOf(room) <= rooms.indexOf(source.room) ? undefined : `${source.room} must not import ${room}, which comes after it`;
        }),
      ];
    },
  },
  {
    name: "no import cycles",
    why: "a cycle is one concept cut in the wrong place; imports of types alone are harmless",
    check: (project) =>
      cycles(shipped(project)).map((cycle) => ({ path: cycle[0], line: 1, message: `imports itself through ${cycle.slice(1).join(" -> ")}` })),
  },
  {
    name: "packages know core only",
    why: "a third party's method or backend must be able to look exactly like ours",
    check: (project) =>
      imports(shipped(project), (source, { specifier }) => {
        const allowed = rulesFor(source)?.halftone;
        const name = packageOf(specifier);
        return !name.startsWith("@halftone/") || allowed?.includes(name) ? undefined : `${source.folder} must not import ${name}`;
      }),
  },
  {
    name: "no Node in portable packages",
    why: "core and methods run in browsers and on phones: files, clock and runtime are handed in",
    check: (project) =>
      imports(shipped(project), (source, { specifier }) =>
        isPortable(source) && isNodeOnly(source, specifier) ? `${source.folder} must not import ${specifier}` : undefined,
      ),
  },
  {
    name: "no Node globals in portable packages",
    why: "as above; the compiler does not see what a dependency's types bring in",
    check: (project) =>
      shipped(project)
        .filter(isPortable)
        .flatMap((source) =>
          source.globals
            .filter(({ name }) => nodeGlobals.includes(name))
            .map(({ name, line }) => ({ path: source.path, line, message: `"${name}" exists in Node only` })),
        ),
  },
  {
    name: "imports are declared",
    why: "what works through a neighbour's node_modules fails for whoever installs the package alone",
    check: (project) =>
      imports(shipped(project), (source, { specifier }) => {
        if (isRelative(specifier)) {
          return resolveRelative(source, specifier).startsWith(`${source.folder}/`)
            ? undefined
            : `"${specifier}" leaves the package: import its published name`;
        }
        if (specifier.startsWith("node:")) return undefined;
        const manifest = project.manifests.get(source.folder);
        const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
        return packageOf(specifier) in declared ? undefined : `${packageOf(specifier)} is not among the dependencies of ${source.folder}/package.json`;
      }),
  },
  {
    name: "the wire format has one door",
    why: "graph code knows values and uses; only packages/core/src/onnx knows protobuf",
    check: (project) =>
      imports(
        project.sources.filter((source) => !source.isTest && !source.path.startsWith("packages/core/src/onnx/")),
        (_, { specifier }) => (wireFormat.includes(packageOf(specifier)) ? `${specifier} belongs to packages/core/src/onnx only` : undefined),
      ),
  },
  {
    name: "small files",
    why: "a file that is too long to read in one sitting holds more than one concept",
    check: (project) =>
      project.sources
        .filter((source) => !source.isGenerated && lineCount(source) > maximumLines)
        .map((source) => ({
          path: source.path,
          line: lineCount(source),
          message: `${lineCount(source)} lines; at most ${maximumLines}: which concept wants a file of its own?`,
        })),
  },
  {
    name: "kebab-case files",
    why: "one spelling on every file system",
    check: (project) =>
      project.sources
        .filter((source) => !source.isGenerated && !/^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|mts|mjs)$/.test(source.path.split("/").at(-1)))
        .map((source) => ({ path: source.path, line: 1, message: "file names are kebab-case" })),
  },
  {
    name: "half to even",
    why: "ONNX rounds half to even; Math.round rounds half up",
    check: (project) => callsTo(project, ["Math.round"], "use the rounding of numerics"),
  },
  {
    name: "coded errors",
    why: "a caller can act on a code and on facts, not on a sentence",
    check: (project) =>
      shipped(project).flatMap((source) =>
        source.thrown
          .filter(({ name }) => bareErrors.includes(name))
          .map(({ name, line }) => ({ path: source.path, line, message: `throw QuantError instead of ${name}` })),
      ),
  },
  {
    name: "no module state",
    why: "two instances in one process must not see each other",
    check: (project) =>
      shipped(project).flatMap((source) =>
        source.moduleVariables.map(({ line }) => ({ path: source.path, line, message: "a variable of the module: move it into a function" })),
      ),
  },
  {
    name: "tests are on",
    why: "a test that is switched off without a reason is forgotten; a focused one switches all others off",
    check: (project) =>
      project.sources
        .filter((source) => source.isTest)
        .flatMap((source) =>
          source.calls.flatMap((call) => {
            const verb = /^(?:test|it|describe|suite|bench|context|ctx)\.(?:.*\.)?(only|todo|skip|skipIf|runIf|fails)$/.exec(call.callee)?.[1];
            if (verb === undefined) return [];
            if (verb === "only" || verb === "todo") return [{ path: source.path, line: call.line, message: `${call.callee} must not be committed` }];
            return givesReason(source, call)
              ? []
              : [
                  {
                    path: source.path,
                    line: call.line,
                    message: `${call.callee} needs a reason: a note, a title with "needs" or "skipped", or a comment on the line before`,
                  },
                ];
          }),
        ),
  },
  {
    name: "every error code is documented",
    why: "a user looks up the code that was printed",
    check: (project) => {
      const codes = [...(project.texts.get("packages/core/src/spec/error.ts") ?? "").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map((match) => match[1]);
      const page = project.texts.get("docs/errors.md") ?? "";
      const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
      return [
        ...codes.filter((code) => !documented.includes(code)).map((code) => ({ path: "docs/errors.md", line: 1, message: `does not list "${code}"` })),
        ...documented
          .filter((code) => !codes.includes(code))
          .map((code) => ({ path: "docs/errors.md", line: 1, message: `lists "${code}", which no longer exists` })),
      ];
    },
  },
  {
    name: "every flag is documented",
    why: "a flag that the page does not know is found by accident only",
    check: (project) => {
      const page = project.texts.get("docs/cli.md") ?? "";
      return project.sources
        .filter((source) => source.path.startsWith("packages/cli/src/") && !source.isTest)
        .flatMap((source) =>
          source.flags
            .filter(({ flag }) => !new RegExp(`${flag}(?![\\w-])`).test(page))
            .map(({ flag, line }) => ({ path: source.path, line, message: `docs/cli.md does not know ${flag}` })),
        );
    },
  },
  {
    name: "shown code compiles",
    why: "docs/snippets is type-checked; a copy of it that has drifted is not",
    check: (project) => {
      const snippets = [...project.texts].filter(([path]) => path.startsWith("docs/snippets/")).map(([, text]) => text);
      return [...(project.texts.get("README.md") ?? "").matchAll(/```ts\n(.*?)```/gs)]
        .filter((block) => !snippets.includes(block[1]))
        .map(() => ({ path: "README.md", line: 1, message: "a block of TypeScript is no file of docs/snippets" }));
    },
  },
  {
    name: "the lock file is in step",
    why: "an install in a fresh clone would otherwise decide versions by itself",
    check: (project) => {
      const lockedBy = (path) => JSON.parse(project.texts.get(path) ?? "{}").packages ?? {};
      const locked = lockedBy("package-lock.json");
      return [...project.manifests].flatMap(([folder, manifest]) => {
        // An app that is not part of the workspace has a lock file of its own.
        const own = folder !== "." && project.texts.has(`${folder}/package-lock.json`);
        const entry = own ? lockedBy(`${folder}/package-lock.json`)[""] : locked[folder === "." ? "" : folder];
        return dependencyFields
          .filter((field) => !sameEntries(manifest[field], entry?.[field]))
          .map((field) => ({
            path: folder === "." ? "package.json" : `${folder}/package.json`,
            line: 1,
            message: `${field} differ from package-lock.json: run npm install`,
          }));
      });
    },
  },
  {
    name: "nothing of one machine",
    why: "the repository must work, and read the same, anywhere",
    check: (project) => [
      ...linesMatching(project, /(?<![\w.])\/(?:home|Users|root|work)\/\w/, "an absolute path of one machine"),
      ...linesMatching(project, /https?:\/\/[\w.-]*(?:registry|npmjs|pypi|pythonhosted)[\w.-]*/, "a package registry's address"),
    ],
  },
];

function sameEntries(a = {}, b = {}) {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}

const lineCount = (source) => source.lines.length - (source.lines.at(-1) === "" ? 1 : 0);

const callsTo = (project, callees, advice) =>
  project.sources
    .filter((source) => source.isPackageSource)
    .flatMap((source) =>
      source.calls.filter(({ callee }) => callees.includes(callee)).map(({ callee, line }) => ({ path: source.path, line, message: `${callee}: ${advice}` })),
    );

function givesReason(source, call) {
  const lineBefore = source.lines[call.line - 2] ?? "";
  const own = source.lines[call.line - 1] ?? "";
  const isNote = /^(?:context|ctx)\./.test(call.callee) && call.arguments.some((argument) => /["'`]/.test(argument));
  return isNote || /\b(?:needs|skipped)\b/.test(own) || /^\s*\/\//.test(lineBefore) || /\/\/ \S/.test(own);
}

/** Median length of the files that packages ship. */
export function medianLength(project) {
  const lengths = shipped(project)
    .filter((source) => !source.isGenerated)
    .map(lineCount)
    .sort((a, b) => a - b);
  return lengths[lengths.length >> 1] ?? 0;
}
