/** Writes spec/schema.json, the JSON Schema for editors, from spec/schema.ts. With --check it only says whether it is stale. Needs a build. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { dist, root } from './lib.mjs';

const file = join(root, 'spec', 'schema.json');
const { jsonSchema } = createRequire(import.meta.url)(join(dist, 'spec', 'json-schema.js'));
const wanted = await format(JSON.stringify(jsonSchema()), { ...(await resolveConfig(file)), filepath: file });

if (readOrEmpty(file) === wanted) console.log('spec/schema.json is up to date.');
else if (process.argv.includes('--check')) {
  console.error('spec/schema.json is not what spec/schema.ts says. Write it with: npm run docs');
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('spec/schema.json is written.');
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
