/** The page's style: the system's fonts, light or dark as the reader's system is, one column on a phone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --quiet: #5a6876; --paper: #f4f6f8; --card: #fff; --line: #d5dce3; --accent: #0b5cad; --code: #eef2f6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe7ee; --quiet: #94a3b1; --paper: #0e141b; --card: #161f29; --line: #2b3846; --accent: #7db8f5; --code: #0e1720; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2.2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.4rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
.lead { font-size: 1.1rem; color: var(--quiet); max-width: 48rem; }
a { color: var(--accent); text-underline-offset: .15em; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.5rem; margin: 1.5rem 0; }
.contents, .links { list-style: none; padding: 0; margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; }
.overview { display: grid; grid-template-columns: minmax(12rem, 1fr) 2fr; gap: 1.5rem; align-items: center; }
dl { margin: 0; display: grid; gap: .1rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0 0 .6rem; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.sky { margin: 0; }
.sky svg { display: block; width: 100%; height: auto; }
.sky figcaption { color: var(--quiet); font-size: .85rem; margin-top: .4rem; }
.outline, .grid { fill: none; stroke: var(--quiet); stroke-width: 8; }
.grid { stroke-width: 4; opacity: .35; }
.s0, .s1, .s2, .s3, .s4, .s5 { fill: var(--accent); }
.s0 { opacity: .1; } .s1 { opacity: .22; } .s2 { opacity: .36; } .s3 { opacity: .52; } .s4 { opacity: .72; } .s5 { opacity: .95; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
label { display: grid; gap: .2rem; font-size: .85rem; color: var(--quiet); flex: 1 1 9rem; }
input, select, textarea, button { font: inherit; color: var(--ink); background: var(--code); border: 1px solid var(--line); border-radius: .35rem; padding: .45rem .6rem; min-width: 0; }
.wide { flex-basis: 100%; }
textarea { font: .9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; width: 100%; resize: vertical; }
button { background: var(--accent); color: var(--card); border-color: transparent; padding-inline: 1.3rem; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .35rem; padding: .8rem 1rem; overflow-x: auto; font-size: .875rem; line-height: 1.5; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
pre code { overflow-wrap: normal; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin-top: .6rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; }
th code { white-space: nowrap; }
td code { overflow-wrap: normal; }
.what { min-width: 14rem; }
summary { cursor: pointer; color: var(--quiet); }
footer { color: var(--quiet); font-size: .9rem; padding-bottom: 2.5rem; }
@media (max-width: 40rem) {
  header { padding-top: 1.5rem; }
  h1 { font-size: 1.8rem; }
  .card { padding: 1.1rem; }
  .overview { grid-template-columns: 1fr; }
  dl { grid-template-columns: auto 1fr; gap: .2rem 1rem; align-items: baseline; }
  dd { margin: 0; font-size: 1rem; }
}
`;
