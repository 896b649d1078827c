import type { Command } from "commander";

export interface DataOptions {
  readonly data: string;
  readonly preprocess?: string;
  readonly labels?: string;
}

/** Where samples come from and how they become inputs; labels only where accuracy is measured. */
export function addDataOptions(command: Command, { labels }: { readonly labels: "required" | "optional" | "none" }): Command {
  command
    .requiredOption("--data <source>", "folder of images, folder of .npy or .npz files, or .jsonl list")
    .option("--preprocess <file>", "how an image becomes an input (JSON): resize, crop, channelOrder, scale, mean, std, layout; or a card.json with it");
  if (labels === "required") command.requiredOption("--labels <file>", "TSV: file name, class index");
  if (labels === "optional") command.option("--labels <file>", "TSV: file name, class index");
  return command;
}
