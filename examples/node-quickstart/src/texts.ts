import { chance, hashText, pick, type Random, whole } from "./random.ts";
import type { Split } from "./split.ts";
import { type Vocabulary, vocabularies } from "./vocabulary.ts";

type Rule = (random: Random, vocabulary: Vocabulary) => string;

// Serial numbers commonly leave out I and O, which nobody can tell from 1 and 0 in every font.
const codeAlphabet = [..."ABCDEFGHJKLMNPQRSTUVWXYZ23456789"];

const repeat = (count: number, make: () => string): string => Array.from({ length: count }, make).join("");
const digits = (random: Random, count: number): string => repeat(count, () => String(whole(random, 0, 9)));
const code = (random: Random, count: number): string => repeat(count, () => pick(random, codeAlphabet));
const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const padded = (value: number): string => String(value).padStart(2, "0");
const words = (random: Random, { words }: Vocabulary, count: number): string[] => Array.from({ length: count }, () => pick(random, words));

const phrase: Rule = (random, vocabulary) => words(random, vocabulary, whole(random, 1, 4)).join(" ");

const title: Rule = (random, vocabulary) =>
  words(random, vocabulary, whole(random, 1, 3))
    .map(capitalize)
    .join(" ");

const capitals: Rule = (random, vocabulary) =>
  words(random, vocabulary, whole(random, 1, 2))
    .join(" ")
    .toUpperCase();

const sentence: Rule = (random, vocabulary) => {
  const [first = "", second = "", ...rest] = words(random, vocabulary, whole(random, 3, 5));
  const comma = chance(random, 0.4) ? "," : "";
  return `${capitalize(first)} ${second}${comma} ${rest.join(" ")}${pick(random, [".", ".", "?", "!"])}`;
};

const date: Rule = (random, { months }) => {
  const day = whole(random, 1, 28);
  const month = whole(random, 1, 12);
  const year = whole(random, 1961, 2029);
  return pick(random, [`${day} ${pick(random, months)} ${year}`, `${year}-${padded(month)}-${padded(day)}`, `${padded(day)}/${padded(month)}/${year}`]);
};

const price: Rule = (random, { words, currencies }) => {
  const amount = chance(random, 0.5) ? `${whole(random, 1, 999)}.${digits(random, 2)}` : `${whole(random, 1, 98)},${digits(random, 3)}.${digits(random, 2)}`;
  return pick(random, [`$${amount}`, `${amount} ${pick(random, currencies)}`, `${capitalize(pick(random, words))}: ${amount}`]);
};

const phone: Rule = (random) => {
  const [area, first, last] = [digits(random, 3), digits(random, 3), digits(random, 4)];
  return pick(random, [`(${area}) ${first}-${last}`, `+${whole(random, 20, 98)} ${area} ${first} ${last}`, `${area}-${first}-${last}`]);
};

const serial: Rule = (random) =>
  pick(random, [
    `${code(random, 2)}-${digits(random, 4)}-${code(random, 2)}`,
    `${code(random, 4)}-${code(random, 4)}`,
    `No. ${code(random, 3)}/${digits(random, 3)}`,
  ]);

const address: Rule = (random, { words, domains }) => {
  const [user, host, domain] = [pick(random, words), pick(random, words), pick(random, domains)];
  return pick(random, [`${user}@${host}.${domain}`, `www.${host}.${domain}`, `https://${host}.${domain}/${user}`]);
};

const place: Rule = (random, { names, words }) =>
  `${whole(random, 2, 480)} ${pick(random, names)} ${pick(random, ["Road", "Lane", "Square"])}${chance(random, 0.3) ? `, ${capitalize(pick(random, words))}` : ""}`;

const measure: Rule = (random, { words, units }) =>
  pick(random, [
    `${whole(random, 1, 999)}.${whole(random, 0, 9)} ${pick(random, units)}`,
    `${pick(random, words)} ${whole(random, 1, 99)}%`,
    `${padded(whole(random, 0, 23))}:${padded(whole(random, 0, 59))} - ${padded(whole(random, 0, 23))}:${padded(whole(random, 0, 59))}`,
    `${whole(random, 10, 99)}-${whole(random, 100, 999)} ${pick(random, units)}`,
  ]);

const mixed: Rule = (random, vocabulary) => {
  const [a = "", b = "", c = ""] = words(random, vocabulary, 3);
  const name = pick(random, vocabulary.names);
  return pick(random, [
    `${name} & ${capitalize(a)}`,
    `${capitalize(a)} (${b}/${c})`,
    `"${capitalize(a)} ${b}"`,
    `${name}'s ${a}; ${b}`,
    `#${a} [${b}]`,
    `${a}_${b}-${c}`,
    `${a} + ${b} = ${c}`,
  ]);
};

const rules: readonly Rule[] = [phrase, phrase, title, capitals, sentence, sentence, date, price, phone, serial, address, place, measure, mixed];

/**
 * A text of the split. The vocabularies are disjoint; lines of mere digits are kept apart by the parity of a hash, so
 * that no seed can bring the same text into both splits.
 */
export function drawText(split: Split, random: Random): string {
  for (;;) {
    const text = pick(random, rules)(random, vocabularies[split]);
    if (hashText(text) % 2 === (split === "evaluation" ? 1 : 0)) return text;
  }
}
