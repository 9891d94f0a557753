import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Git } from '../../activities/ports/git';
import type { Http } from '../../activities/ports/http';
import type { Secrets } from '../../activities/ports/secrets';
import type { Spec } from '../../workflows/runbook/spec';
import { missing, note, ok, said, type Finding } from './finding';

/** How long one answer from outside may take, in milliseconds. */
const patience = 5_000;
/** Clocks further apart than this make waits and certificates go wrong. */
const tolerated = 5_000;

/** Git is there, and the spec's remote answers and has the ref. */
export async function checkGit(git: Git, { tag }: Spec): Promise<readonly Finding[]> {
  const about = 'git';
  try {
    const refs = await git.remoteRefs(tag.remote, tag.ref, AbortSignal.timeout(2 * patience));
    return [
      refs.size > 0
        ? ok(about, `${tag.remote} has ${tag.ref}`)
        : missing(about, `${tag.remote} has no ref "${tag.ref}"`, 'Correct tag.ref in the spec.'),
    ];
  } catch (error) {
    return [missing(about, said(error), 'Install git, and check tag.remote and its credentials.')];
  }
}

/** The program of the spec's command is on PATH. */
export async function checkTools({ integration, off }: Spec, path: string): Promise<readonly Finding[]> {
  const [program] = integration?.command ?? [];
  if (program === undefined || off['1.4'] !== undefined) return [];
  const places = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder, program));
  const found = places.find(isExecutable);
  return [
    found
      ? ok(`command ${program}`, found)
      : missing(
          `command ${program}`,
          'not on PATH',
          `Install ${program} where the exec worker runs, or switch step 1.4 off with a reason.`,
        ),
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Metrics answer; their server's clock and ours agree. */
export async function checkMetrics(http: Http, { staging, production }: Spec): Promise<readonly Finding[]> {
  const places = [
    ['metrics of production', production.metricsUrl],
    ['metrics of staging', staging.metricsUrl],
  ] as const;
  return (await Promise.all(places.map(([about, url]) => checkScrape(http, about, url)))).flat();
}

async function checkScrape(http: Http, about: string, url: string): Promise<readonly Finding[]> {
  const remedy = 'Check metricsUrl in the spec, and that it is reachable from here.';
  try {
    const { status, headers } = await http.send({ method: 'GET', base: url, deadline: patience, signal: AbortSignal.timeout(patience) });
    if (status !== 200) return [missing(about, `${url} answers ${status}`, remedy)];
    return [ok(about, url), ...checkClock(about, headers['date'])];
  } catch (error) {
    return [missing(about, said(error), remedy)];
  }
}

function checkClock(about: string, date: string | undefined): readonly Finding[] {
  const skew = date === undefined ? Number.NaN : Date.now() - Date.parse(date);
  // The header counts whole seconds.
  if (Number.isNaN(skew) || Math.abs(skew) <= tolerated + 1_000) return [];
  return [
    note(`clock, by ${about}`, `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead' : 'behind'}`, 'Let both machines follow NTP.'),
  ];
}

/** Every secret reference of the spec can be read here; nothing of it is shown. */
export async function checkSecrets(secrets: Secrets, { tokens }: Spec): Promise<readonly Finding[]> {
  return Promise.all(
    Object.entries(tokens).map(async ([name, reference]) => {
      try {
        await secrets.resolve(reference);
        return ok(`token ${name}`, reference);
      } catch (error) {
        return missing(`token ${name}`, said(error), `The worker reads it from ${reference}: provide it there.`);
      }
    }),
  );
}
