/** Every file is TypeScript that Node can run, and every name that is imported from our own modules is exported there, types as well. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { filesBelow, report } from './files.js';

const { imports } = JSON.parse(readFileSync('package.json', 'utf8'));
const files = filesBelow('src', 'test');

const syntax = files.flatMap(({ name, text }) => {
  try {
    stripTypeScriptTypes(text);
    return [];
  } catch (error) {
    return [`${name}: ${error.message.split('\n')[0]}`];
  }
});

const exported = new Map(
  Object.entries(imports).map(([module, file]) => {
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(/^export (?:async )?(?:const|let|function|class|interface|type) (\w+)/gm)].map(([, name]) => name);
    return [module, new Set(names)];
  }),
);
const names = files.flatMap(({ name, text }) =>
  [...text.matchAll(/^import (?:type )?\{([^}]*)\} from '(#\w+)';/gm)].flatMap(([, list, module]) => {
    const known = exported.get(module);
    if (!known) return [`${name}: there is no module ${module}`];
    const wanted = list.split(',').map(
      (part) =>
        part
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0],
    );
    return wanted.filter((one) => one !== '' && !known.has(one)).map((one) => `${name}: ${module} does not export ${one}`);
  }),
);
report('types', [...syntax, ...names], files.length);
