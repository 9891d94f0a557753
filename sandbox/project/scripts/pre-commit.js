/** What a commit must not hold. */
import { filesBelow, report } from './files.js';

const hooks = [
  { hook: 'a merge that was not finished', finds: (text) => /^(?:<{7}|>{7}) /m.test(text) },
  { hook: 'spaces at the end of a line', finds: (text) => /[ \t]+$/m.test(text) },
  { hook: 'no newline at the end', finds: (text) => text !== '' && !text.endsWith('\n') },
  { hook: 'line ends of another system', finds: (text) => text.includes('\r\n') },
  { hook: 'a private key', finds: (text) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) },
  { hook: 'more than 100 kB', finds: (text) => text.length > 100_000 },
];
const files = filesBelow();
const findings = files.flatMap(({ name, text }) => hooks.filter(({ finds }) => finds(text)).map(({ hook }) => `${name}: ${hook}`));
report('pre-commit', findings, files.length);
