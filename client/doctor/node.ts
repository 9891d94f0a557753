import { note, ok, missing, type Finding } from './finding';

/** The oldest Node that the libraries take, and the one that is tried. */
const oldest = [22, 19] as const;
const tried = 24;

export async function checkNode(version: string = process.versions.node): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const tooOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  if (tooOld) return [missing('Node', version, `Use Node ${oldest.join('.')} or newer; in the checkout "npm ci" brings Node ${tried}.`)];
  return [major === tried ? ok('Node', version) : note('Node', version, `It is tried with Node ${tried}.`)];
}
