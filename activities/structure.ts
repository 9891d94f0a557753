import type { StructureReceipt, StructureRequest } from '../workflows/runbook/contract';
import type { SecretReference } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failure } from './failures';
import { parseJson, structureOf } from './json-shape';
import type { Ports } from './ports';

const deadline = 10_000;
type Consistent = StructureRequest['consistency']['requests'][number];
type Structure = ReturnType<typeof structureOf>;

type Asker = Pick<Ports, 'http' | 'secrets'>;
/** One side of a comparison in words, and what it answered. */
interface Side {
  readonly where: string;
  readonly said: Structure | string;
}

async function ask(
  { http, secrets }: Asker,
  base: string,
  request: Consistent,
  reference: SecretReference | undefined,
  signal: AbortSignal,
): Promise<Structure | string> {
  const token = reference && (await secrets.resolve(reference));
  const { status, body } = await http.send({ method: request.method, base, path: request.path, token, deadline, signal });
  if (status < 200 || status > 299) return `answered ${status}`;
  const parsed = parseJson(body);
  return parsed.kind === 'json' ? structureOf(parsed.value) : 'answered no JSON';
}

/** The structure of one answer as plain data, or what was answered instead. */
export async function readStructure(
  ports: Asker,
  base: string,
  request: Consistent,
  reference: SecretReference | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | string> {
  const structure = await ask(ports, base, request, reference, signal);
  if (typeof structure === 'string') return structure;
  return Object.fromEntries([...structure].map(([path, types]) => [path, [...types].sort().join('|')]));
}

/** Pure: what an answer has lost of a structure that it had. */
export function structuralProblems(
  name: string,
  now: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): readonly string[] {
  const structure = (fields: Readonly<Record<string, string>>): Structure =>
    new Map(Object.entries(fields).map(([path, types]) => [path, new Set(types.split('|'))]));
  return compare(name, { where: 'now', said: structure(now) }, { where: 'before', said: structure(before) }).problems;
}

/** The consistency check (runbook, step 1.4): what production's answers have, staging's have too. */
export function structureActivities(ports: Ports) {
  return {
    async compareStructure(request: StructureRequest, { signal }: Attempt): Promise<StructureReceipt> {
      const { consistency, tokens, stagingUrl, productionUrl } = request;
      const compared = await Promise.all(
        consistency.requests.map(async (asked) => {
          const named = (name: string | undefined) => (name === undefined ? undefined : tokens[name]);
          const [staging, production] = await Promise.all([
            ask(ports, stagingUrl, asked, named(asked.token), signal),
            ask(ports, productionUrl, asked, named(consistency.productionToken ?? asked.token), signal),
          ]);
          return compare(asked.name, { where: 'staging', said: staging }, { where: 'production', said: production });
        }),
      );
      const problems = compared.flatMap((result) => result.problems);
      if (problems.length > 0) throw failure('CheckFailed', problems.join('; '), { remedy: 'Mend the staging build, then retry.' });
      return { compared: compared.length, fields: compared.reduce((sum, { fields }) => sum + fields, 0) };
    },
  };
}

/** Pure: what one answer lacks of another, or has of another type. Fields that are only new are no problem: they are what a release brings. */
function compare(name: string, ours: Side, theirs: Side): { problems: readonly string[]; fields: number } {
  const [has, should] = [ours.said, theirs.said];
  if (typeof has === 'string' || typeof should === 'string') {
    return {
      problems: [ours, theirs].flatMap(({ where, said }) => (typeof said === 'string' ? [`${name}: ${where} ${said}`] : [])),
      fields: 0,
    };
  }
  const problems = [...should].flatMap(([path, types]) => {
    const found = has.get(path);
    const field = path || 'the answer';
    if (!found) return isBelowEmptyList(path, has) ? [] : [`${name}: ${ours.where} lacks ${field}`];
    const [was, is] = [known(types), known(found)];
    const differs = was.size > 0 && is.size > 0 && [...is].every((type) => !was.has(type));
    return differs ? [`${name}: ${field} is ${[...is].join(' or ')} in ${ours.where}, ${[...was].join(' or ')} in ${theirs.where}`] : [];
  });
  return { problems, fields: should.size };
}

/** A null says nothing about the type. */
function known(types: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...types].filter((type) => type !== 'null'));
}
/** A list without elements, or a null, shows nothing of what would be below it. */
function isBelowEmptyList(path: string, has: Structure): boolean {
  const parents = [...path.matchAll(/\[\]|\./g)].map(({ index }) => path.slice(0, index));
  return parents.some((parent) => {
    const types = has.get(parent);
    return types !== undefined && (known(types).size === 0 || (types.has('array') && !has.has(`${parent}[]`)));
  });
}
