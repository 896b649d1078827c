import { defineConfig } from "vitepress";

export default defineConfig({
  title: "Halftone",
  description: "Post-training quantization of ONNX models in TypeScript",
  lang: "en",
  cleanUrls: true,
  themeConfig: {
    nav: [
      { text: "Quickstart", link: "/quickstart" },
      { text: "How it works", link: "/how-it-works/" },
      { text: "Methods", link: "/methods" },
      { text: "Command line", link: "/cli" },
      { text: "Results", link: "/results" },
    ],
    sidebar: [
      {
        text: "Use",
        items: [
          page("Quickstart", "quickstart"),
          page("Methods", "methods"),
          page("Command line", "cli"),
          page("In the page", "web"),
          page("Phones", "mobile"),
          page("Errors", "errors"),
          page("Results", "results"),
        ],
      },
      {
        text: "How it works",
        items: [
          page("Overview", "how-it-works/"),
          page("Read", "how-it-works/read"),
          page("Normalize", "how-it-works/normalize"),
          page("Calibrate", "how-it-works/calibrate"),
          page("Plan", "how-it-works/plan"),
          page("Rewrite", "how-it-works/rewrite"),
          page("Verify", "how-it-works/verify"),
        ],
      },
      { text: "Extend", items: [page("Writing a method", "writing-a-method"), page("Decisions", "decisions/")] },
    ],
    search: { provider: "local" },
    outline: [2, 3],
  },
});

function page(text: string, path: string) {
  return { text, link: `/${path}` };
}
