import { listen, type Listening, pathOf, respond, respondJson } from '../http/server';

/** Dashboards that are there by their uid; pages below `/d/` show figures of the moment, whatever they are called. */
export interface Dashboards {
  readonly title: string;
  readonly uids: readonly string[];
  /** Whether somebody has deleted them. */
  readonly areGone: () => boolean;
}

const api = '/api/dashboards/uid/';

/** Serves dashboard pages, and as much of Grafana's API as tells which dashboards there are. */
export async function startMonitoring(
  { title, uids, areGone }: Dashboards,
  figures: () => Readonly<Record<string, unknown>>,
): Promise<Listening> {
  return listen((request, response) => {
    const path = pathOf(request);
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    if (path.startsWith(api)) {
      const uid = decodeURIComponent(path.slice(api.length));
      if (!uids.includes(uid) || areGone()) return respondJson(response, 404, { message: 'Dashboard not found' });
      return respondJson(response, 200, { dashboard: { uid, title, panels: [{ id: 1, type: 'table', title }] }, meta: { slug: uid } });
    }
    if (!path.startsWith('/d/')) return respond(response, 404, page(title, '<p>Dashboards are below /d/.</p>'), headers);
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
