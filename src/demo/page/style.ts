/** The pages' only style sheet. Colors meet WCAG AA on their backgrounds in both schemes. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1f2328; --muted: #59636e; --page: #ffffff; --panel: #f6f8fa; --line: #d1d9e0; --link: #0969da;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --merged: #8250df;
  --added: #dafbe1; --deleted: #ffebe9; --comment: #ffffff; --badge-text: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #f0f6fc; --muted: #9198a1; --page: #0d1117; --panel: #151b23; --line: #3d444d; --link: #4493f8;
    --good: #3fb950; --bad: #ff7b72; --warn: #d29922; --merged: #ab7df8;
    --added: #12261e; --deleted: #2d1519; --comment: #0d1117; --badge-text: #0d1117;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header.site, main, footer.site { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header.site { padding-top: 1rem; color: var(--muted); }
footer.site { padding: 1rem; color: var(--muted); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .75rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .8125rem; }
.number, .meta { color: var(--muted); }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  background: var(--muted); color: var(--badge-text); white-space: nowrap; }
.badge.good { background: var(--good); } .badge.bad { background: var(--bad); }
.badge.warn { background: var(--warn); } .badge.merged { background: var(--merged); }
.panel { border: 1px solid var(--line); border-radius: .375rem; margin: .75rem 0; overflow: hidden; }
.panel > header, .panel > .head { background: var(--panel); padding: .5rem .75rem; display: flex; flex-wrap: wrap;
  gap: .5rem; align-items: baseline; border-bottom: 1px solid var(--line); }
.panel > .body { padding: .5rem .75rem; }
.markdown { overflow-wrap: anywhere; }
.markdown > :first-child { margin-top: 0; } .markdown > :last-child { margin-bottom: 0; }
.markdown pre { background: var(--panel); padding: .75rem; overflow-x: auto; border-radius: .375rem; }
.markdown :not(pre) > code { background: var(--panel); padding: .1em .3em; border-radius: .25rem; }
.markdown table { border-collapse: collapse; display: block; overflow-x: auto; }
.markdown th, .markdown td { border: 1px solid var(--line); padding: .25rem .75rem; text-align: start; }
.markdown h1, .markdown h2, .markdown h3, .markdown h4 { font-size: 1.0625rem; border: 0; margin: 1rem 0 .5rem; }
.markdown blockquote { margin: 0; padding-left: 1rem; border-left: .25rem solid var(--line); color: var(--muted); }
ul.list { list-style: none; padding: 0; margin: 0; }
ul.list > li { padding: .5rem .75rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
ul.list > li:last-child { border-bottom: 0; }
.scroll { overflow-x: auto; }
table.diff { border-collapse: collapse; width: 100%; }
table.diff td { padding: 0 .5rem; vertical-align: top; }
table.diff td.number { width: 1%; min-width: 3rem; text-align: end; user-select: none;
  font-size: .8125rem; }
table.diff td.code code { display: block; white-space: pre-wrap; word-break: break-all; }
.annotations .text { white-space: pre-wrap; }
table.diff tr.added td { background: var(--added); } table.diff tr.deleted td { background: var(--deleted); }
table.diff tr:target td { background: var(--added); }
table.diff tr.hunk td { background: var(--panel); color: var(--muted); padding: .25rem .5rem; }
table.diff tr.comments > td { padding: .5rem .75rem; background: var(--panel); }
.comment { background: var(--comment); border: 1px solid var(--line); border-radius: .375rem; margin: .25rem 0;
  max-width: 56rem; }
.comment > header { padding: .375rem .75rem; border-bottom: 1px solid var(--line); font-size: .875rem; }
.comment > .markdown { padding: .5rem .75rem; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
