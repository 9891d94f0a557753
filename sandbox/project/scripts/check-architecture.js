/** What each module may import: events are the ground, everything else stands on them, trends stand on engagement too. */
import { filesBelow, report } from './files.js';

const allowed = { events: [], cache: [], engagement: ['events'], export: ['events'], trends: ['engagement', 'events'] };

const files = filesBelow('src');
const findings = files.flatMap(({ name, text }) => {
  const module = name.replace(/^src\/(\w+)\.ts$/, '$1');
  const may = allowed[module];
  if (!may) return [`${name}: the module ${module} has no place in the architecture`];
  return [...text.matchAll(/from '#(\w+)'/g)]
    .map(([, other]) => other)
    .filter((other) => !may.includes(other))
    .map((other) => `${name}: ${module} may not import ${other}`);
});
report('architecture', findings, files.length);
