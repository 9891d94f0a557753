import { parseMoment } from '../../spec';
import { needed } from '../../workflows/runbook/windows';
import { textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { wrongUsage } from '../problems';
import { plain } from '../screens/look';
import { outlook, waysOf } from '../screens/outlook';
import { windowsScreen } from '../screens/windows';
import { requestOf } from './request';

/** Openings that are listed. */
const listed = 8;

/** Lists the next openings and what would fit into each. Needs neither server nor cluster. */
export async function windows(context: Context): Promise<number> {
  const { out, options } = context;
  const at = readAt(textOf(options, 'at'), Date.now());
  const { request, read } = requestOf(context, 'v1.0.0', new Date(at));
  const { spec } = read;
  const ways = await waysOf(request);
  const openings = outlook(at, request, ways, listed);
  out.say(...windowsScreen(out.look, { spec, at, ways, openings }).map((line) => plain(out.look, line)));
  const iso = (time: number) => new Date(time).toISOString();
  out.data({
    at: iso(at),
    service: spec.service,
    environment: spec.environment,
    windows: spec.windows ?? null,
    needs: ways.map(({ name, needs }) => ({ profile: name, ...needs, total: needed(needs) })),
    openings: openings.map(({ opens, closes, from, ...opening }) => ({
      ...opening,
      opens: iso(opens),
      closes: iso(closes),
      left: closes - from,
    })),
  });
  return exitCodes.ok;
}

function readAt(text: string | undefined, now: number): number {
  if (text === undefined) return now;
  const at = parseMoment(text);
  if (at === undefined)
    throw wrongUsage(`"${text}" is no moment: it is UTC and written 2026-11-24T03:30Z, or 2026-11-24 for its midnight.`);
  return at;
}
