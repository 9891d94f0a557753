import { planOf, planTotals } from '../../workflows/runbook/plan';
import { isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { registryOf } from '../runbook/registry';
import { coveredRisks } from '../runbook/risks';
import { askedNotes } from '../screens/asked';
import { productionStanding } from '../screens/outlook';
import { planNotes, planScreen } from '../screens/plan';
import { riskLines } from '../screens/risks';
import { plain } from '../screens/look';
import { refuseUnknownSteps } from './known-steps';
import { requestOf } from './request';

/** Prints what will happen. Derived from the same script that is performed; needs neither server nor cluster. */
export async function plan(context: Context): Promise<number> {
  const { out, options } = context;
  const version = textOf(options, 'release') ?? 'v1.0.0';
  const { request, read } = requestOf(context, version, new Date());
  const lines = await planOf(request);
  refuseUnknownSteps(read.spec, lines, read.file);
  const standing = productionStanding(request, lines, Date.now());
  const notes = [...planNotes(read.spec, read.overrides), ...askedNotes(request, lines, standing)];
  const risks = isSet(options, 'risks') ? coveredRisks(registryOf(request, lines)) : null;
  const title = `${read.spec.service} ${version} → ${read.spec.environment}`;
  out.say(...planScreen(out.look, { title, lines, planDigest: request.planDigest, notes }).map((line) => plain(out.look, line)));
  if (risks) out.say('', ...riskLines(out.look, risks).map((line) => plain(out.look, line)));
  out.data({
    version,
    planDigest: request.planDigest,
    file: read.file,
    overrides: read.overrides,
    lines,
    totals: planTotals(lines),
    notes,
    production: standing,
    ...(risks ? { risks } : {}),
  });
  return exitCodes.ok;
}
