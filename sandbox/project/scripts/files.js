import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Every file of the commit that lies below one of the folders, with its text; all of them without a folder. */
export function filesBelow(...folders) {
  const names = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  return names
    .filter((name) => folders.length === 0 || folders.some((folder) => name.startsWith(`${folder}/`)))
    .map((name) => ({ name, text: readFileSync(name, 'utf8') }));
}

/** Prints what was found and ends with 1 where it is anything. */
export function report(what, findings, looked) {
  for (const finding of findings) console.error(finding);
  console.log(`${what}: ${looked} files, ${findings.length === 0 ? 'nothing found' : `${findings.length} found`}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
