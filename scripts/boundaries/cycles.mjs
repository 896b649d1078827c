// Strongly connected components of the import graph (Tarjan 1972), of run-time imports only.
import { resolveRelative } from "./project.mjs";

/** Every group of files that import each other, as paths; the first path is repeated at the end. */
export function cycles(sources) {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const targets = (path) =>
    byPath
      .get(path)
      .imports.filter(({ specifier, typeOnly }) => !typeOnly && specifier.startsWith("."))
      .map(({ specifier }) => resolveRelative(byPath.get(path), specifier))
      .filter((target) => byPath.has(target));

  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];

  const visit = (path) => {
    order.set(path, order.size);
    lowest.set(path, order.get(path));
    stack.push(path);
    for (const target of targets(path)) {
      if (!order.has(target)) {
        visit(target);
        lowest.set(path, Math.min(lowest.get(path), lowest.get(target)));
      } else if (stack.includes(target)) {
        lowest.set(path, Math.min(lowest.get(path), order.get(target)));
      }
    }
    if (lowest.get(path) !== order.get(path)) return;
    const component = stack.splice(stack.indexOf(path));
    if (component.length > 1 || targets(path).includes(path)) found.push([...component, path]);
  };
  for (const path of byPath.keys()) if (!order.has(path)) visit(path);
  return found;
}
