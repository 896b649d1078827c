/** The report's style sheet: follows the reader's light or dark setting, fits a phone. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d4d4d8, #3f3f46); --bar: light-dark(#2563eb, #60a5fa); --soft: light-dark(#f4f4f5, #27272a); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #18181b); color: light-dark(#18181b, #e4e4e7); }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 1rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.scroll { overflow-x: auto; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
svg rect { fill: var(--bar); }
.warnings { background: var(--soft); border-left: 4px solid #d97706; padding: .25rem 1rem; }
details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 600; }
`;
