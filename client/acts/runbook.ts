import { planOf } from '../../workflows/runbook/plan';
import { isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { coverageOf } from '../runbook/coverage';
import { runbookMarkdown } from '../runbook/markdown';
import { registryOf } from '../runbook/registry';
import { plain } from '../screens/look';
import { nameOf, runbookScreen } from '../screens/runbook';
import { requestOf } from './request';

/** Prints the source's lines beside what stands for them, or the runbook as it is performed. Needs neither server nor cluster. */
export async function runbook(context: Context): Promise<number> {
  const { out, options } = context;
  const { request } = requestOf(context, textOf(options, 'release') ?? 'v1.0.0', new Date());
  const plan = await planOf(request);
  const registry = registryOf(request, plan);
  const coverage = coverageOf(registry);
  if (isSet(options, 'markdown')) {
    const text = runbookMarkdown(request, plan, registry, coverage);
    out.say(...text.trimEnd().split('\n'));
    out.data({ markdown: text });
    return exitCodes.ok;
  }
  out.say(...runbookScreen(out.look, coverage).map((line) => plain(out.look, line)));
  const { lines, unmapped, counts } = coverage;
  out.data({ lines: lines.map((line) => ({ ...line, by: line.by.map(nameOf) })), unmapped: unmapped.length, counts });
  return exitCodes.ok;
}
