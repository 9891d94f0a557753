import type { ReportModel } from '../../workflows/runbook/report/model';
import type { Block, Cell, Section } from './blocks';
import { titleOf } from './markdown';
import { sectionsOf } from './sections';

/** The report as one page by itself: no script, nothing loaded from anywhere, light and dark, made to be printed. */
export function htmlOf(model: ReportModel): string {
  const sections = sectionsOf(model);
  const title = escaped(titleOf(model));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${title}</h1>
<nav aria-label="Sections"><ul>
${sections.map(({ id, title: name }) => `<li><a href="#${escaped(id)}">${escaped(name)}</a></li>`).join('\n')}
</ul></nav></header>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}

function sectionHtml({ id, title, blocks }: Section): string {
  return `<section id="${escaped(id)}" aria-labelledby="${escaped(id)}-title">
<h2 id="${escaped(id)}-title">${escaped(title)}</h2>
${blocks.map(block).join('\n')}
</section>`;
}

function block(part: Block): string {
  switch (part.kind) {
    case 'text':
      return `<p>${escaped(part.text)}</p>`;
    case 'facts':
      return `<dl>\n${part.facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${cell(value)}</dd></div>`).join('\n')}\n</dl>`;
    case 'list':
      return `<ul>\n${part.items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return table(part);
    case 'commands':
      return `<ul>\n${part.commands.map(({ text, command }) => `<li>${escaped(text)}<pre><code>${escaped(command)}</code></pre></li>`).join('\n')}\n</ul>`;
    case 'links':
      return `<ul>\n${part.links.map(({ title, url }) => `<li>${escaped(title)}: ${link(url)}</li>`).join('\n')}\n</ul>`;
  }
}

function table({ columns, rows }: Extract<Block, { readonly kind: 'table' }>): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(({ cells, heads }) => {
    const inner = cells
      .map((one, place) => (heads && place === 0 ? `<th scope="row">${cell(one)}</th>` : `<td>${cell(one)}</td>`))
      .join('');
    return `<tr${heads ? ' class="heads"' : ''}>${inner}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

function cell(value: Cell): string {
  if (typeof value === 'string') return escaped(value);
  if ('code' in value) return value.code === '' ? '' : `<code>${escaped(value.code)}</code>`;
  return `<span class="${value.state}">${escaped(value.text)}</span>`;
}

/** An address of another kind than these could do something when it is followed. */
function link(url: string): string {
  return /^https?:\/\//i.test(url) ? `<a href="${escaped(url)}" rel="noreferrer">${escaped(url)}</a>` : escaped(url);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --ink: #1c2024; --faint: #5b6570; --page: #fff; --raised: #f5f7f9; --line: #d5dbe1; --link: #0b57a4; --good: #12692f; --bad: #b3161b; --warn: #8a5200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --faint: #a0abb6; --page: #14171a; --raised: #1e2327; --line: #3a424a; --link: #7db8f5; --good: #6fcf8b; --bad: #ff8a85; --warn: #f0b45a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 0; padding: 0 0 1rem; border-bottom: 1px solid var(--line); }
section { padding: 1rem 0; border-bottom: 1px solid var(--line); scroll-margin-top: 1rem; }
section:last-child { border-bottom: 0; }
section:target h2 { text-decoration: underline; }
#outcome > p:first-of-type { font-size: 1.15rem; font-weight: 600; }
p, li, dd, td { overflow-wrap: anywhere; }
a { color: var(--link); }
dl { margin: 0; display: grid; gap: .2rem; }
dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; }
dt { color: var(--faint); }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; white-space: nowrap; }
td { min-width: 4rem; }
.heads > * { font-weight: 600; background: var(--raised); }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
td:first-child, td:first-child code { overflow-wrap: break-word; }
pre { background: var(--raised); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 .6rem; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.warn { color: var(--warn); font-weight: 600; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } }
@media print {
  :root { color-scheme: light; --ink: #000; --faint: #333; --page: #fff; --raised: #f2f2f2; --line: #999; --link: #000; --good: #000; --bad: #000; --warn: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .wide { overflow: visible; }
  table { font-size: 8pt; }
  thead { display: table-header-group; }
  tr, li, dl div { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
