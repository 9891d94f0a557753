/** A reporter of Node's test runner: a line per test, what failed at the end, and the coverage, where it is measured, as coverage/coverage-summary.json. */
import { mkdirSync, writeFileSync } from 'node:fs';

export default async function* report(events) {
  const failed = [];
  for await (const { type, data } of events) {
    if (type === 'test:pass') yield `ok ${data.name}\n`;
    if (type === 'test:fail') {
      failed.push(data.name);
      yield `not ok ${data.name}: ${data.details.error.cause?.message?.split('\n')[0] ?? data.details.error.message}\n`;
    }
    if (type === 'test:coverage') yield summarize(data.summary);
  }
  if (failed.length > 0) yield `failed: ${failed.join(', ')}\n`;
}

/** Node counts lines: each counts as a statement. */
function summarize(summary) {
  const files = summary.files.filter(({ path }) => /[\\/]src[\\/]/.test(path));
  const sum = (key) => files.reduce((all, file) => all + file[key], 0);
  const part = (total, covered) => ({ total, covered, skipped: 0, pct: total === 0 ? 100 : Math.floor((10_000 * covered) / total) / 100 });
  const lines = part(sum('totalLineCount'), sum('coveredLineCount'));
  const total = {
    lines,
    statements: lines,
    branches: part(sum('totalBranchCount'), sum('coveredBranchCount')),
    functions: part(sum('totalFunctionCount'), sum('coveredFunctionCount')),
  };
  mkdirSync('coverage', { recursive: true });
  writeFileSync('coverage/coverage-summary.json', `${JSON.stringify({ total }, null, 2)}\n`);
  return `statements ${total.statements.pct} %, branches ${total.branches.pct} %\n`;
}
