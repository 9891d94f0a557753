import { relative } from 'node:path';

/** One line for each finding, and one for how it went. */
export default function lines(results) {
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${relative('.', filePath)}:${line} ${ruleId ?? 'syntax'}: ${message}`),
  );
  return [...found, `lint: ${results.length} files, ${found.length === 0 ? 'nothing' : found.length} found`, ''].join('\n');
}
