/** The rules that we agreed on, line by line. */
import { filesBelow, report } from './files.js';

const rules = [
  { rule: 'no var', finds: /^\s*(?:export )?var\s/ },
  { rule: 'no any', finds: /[:<]\s*any\b/ },
  { rule: 'compare with === and !==', finds: /[^=!]==[^=]|!=[^=]/ },
  { rule: 'no console in the sources', finds: /\bconsole\./, only: /^src\// },
  { rule: 'at most 140 columns', finds: /.{141}/ },
];
const files = filesBelow('src', 'test');
const findings = files.flatMap(({ name, text }) =>
  text
    .split('\n')
    .flatMap((line, place) =>
      rules.filter(({ finds, only }) => (only?.test(name) ?? true) && finds.test(line)).map(({ rule }) => `${name}:${place + 1} ${rule}`),
    ),
);
report('lint', findings, files.length);
