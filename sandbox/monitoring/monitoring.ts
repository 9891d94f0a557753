import { listen, type Listening, pathOf, respond } from '../http/server';

/** Serves a dashboard page below `/d/`, with the figures of the moment. */
export async function startMonitoring(title: string, figures: () => Readonly<Record<string, unknown>>): Promise<Listening> {
  return listen((request, response) => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    if (!pathOf(request).startsWith('/d/')) return respond(response, 404, page(title, '<p>Dashboards are below /d/.</p>'), headers);
    const rows = Object.entries(figures()).map(
      ([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(JSON.stringify(value))}</td></tr>`,
    );
    respond(response, 200, page(title, `<table>${rows.join('')}</table>`), headers);
  });
}

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>${escape(title)}</title>` +
  `<h1>${escape(title)}</h1>${body}</html>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
