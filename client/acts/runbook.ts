import { planOf } from '../../workflows/runbook/plan';
import { isSet, textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { coverageOf, type Coverage } from '../runbook/coverage';
import { asDocument, runbookMarkdown } from '../runbook/markdown';
import { registryOf } from '../runbook/registry';
import { plain } from '../screens/look';
import { nameOf, runbookScreen } from '../screens/runbook';
import { requestOf } from './request';

/** Prints the source's lines beside what stands for them, or the runbook as it is performed; fails where nothing stands for a line. Needs neither server nor cluster. */
export async function runbook(context: Context): Promise<number> {
  const { out, options } = context;
  const asked = requestOf(context, textOf(options, 'release') ?? 'v1.0.0', new Date()).request;
  const request = asDocument(asked);
  const plan = await planOf(request);
  const registry = registryOf(request, plan);
  const coverage = coverageOf(registry);
  if (isSet(options, 'markdown')) {
    const text = runbookMarkdown(request, plan, registry, coverage);
    out.say(...text.trimEnd().split('\n'));
    out.data({ markdown: text });
    return codeOf(coverage);
  }
  out.say(...runbookScreen(out.look, coverage).map((line) => plain(out.look, line)));
  const { lines, unmapped, counts } = coverage;
  out.data({ lines: lines.map((line) => ({ ...line, by: line.by.map(nameOf) })), unmapped: unmapped.length, counts });
  return codeOf(coverage);
}

function codeOf({ unmapped }: Coverage): number {
  return unmapped.length === 0 ? exitCodes.ok : exitCodes.failure;
}
