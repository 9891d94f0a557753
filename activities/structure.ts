import type { StructureReceipt, StructureRequest } from '../workflows/runbook/contract';
import type { SecretReference } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failure } from './failures';
import { parseJson, structureOf } from './json-shape';
import type { Ports } from './ports';

const deadline = 10_000;
type Consistent = StructureRequest['consistency']['requests'][number];
type Structure = ReturnType<typeof structureOf>;

/** The consistency check (runbook, step 1.4): what production's answers have, staging's have too. */
export function structureActivities({ http, secrets }: Ports) {
  async function ask(
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

  return {
    async compareStructure(request: StructureRequest, { signal }: Attempt): Promise<StructureReceipt> {
      const { consistency, tokens, stagingUrl, productionUrl } = request;
      const compared = await Promise.all(
        consistency.requests.map(async (asked) => {
          const named = (name: string | undefined) => (name === undefined ? undefined : tokens[name]);
          const [staging, production] = await Promise.all([
            ask(stagingUrl, asked, named(asked.token), signal),
            ask(productionUrl, asked, named(consistency.productionToken ?? asked.token), signal),
          ]);
          return compare(asked.name, staging, production);
        }),
      );
      const problems = compared.flatMap((result) => result.problems);
      if (problems.length > 0) throw failure('CheckFailed', problems.join('; '), { remedy: 'Mend the staging build, then retry.' });
      return { compared: compared.length, fields: compared.reduce((sum, { fields }) => sum + fields, 0) };
    },
  };
}

/** Pure: what staging's answer lacks or has of another type. Fields that are only new are no problem: they are what a release brings. */
function compare(
  name: string,
  staging: Structure | string,
  production: Structure | string,
): { problems: readonly string[]; fields: number } {
  if (typeof staging === 'string' || typeof production === 'string') {
    const both = [['staging', staging] as const, ['production', production] as const];
    return { problems: both.flatMap(([where, said]) => (typeof said === 'string' ? [`${name}: ${where} ${said}`] : [])), fields: 0 };
  }
  const problems = [...production].flatMap(([path, types]) => {
    const found = staging.get(path);
    const field = path || 'the answer';
    if (!found) return isBelowEmptyList(path, staging) ? [] : [`${name}: staging lacks ${field}`];
    const [was, is] = [known(types), known(found)];
    const differs = was.size > 0 && is.size > 0 && [...is].every((type) => !was.has(type));
    return differs ? [`${name}: ${field} is ${[...is].join(' or ')} in staging, ${[...was].join(' or ')} in production`] : [];
  });
  return { problems, fields: production.size };
}

/** A null says nothing about the type. */
function known(types: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...types].filter((type) => type !== 'null'));
}
/** A list without elements, or a null, shows nothing of what would be below it. */
function isBelowEmptyList(path: string, staging: Structure): boolean {
  const parents = [...path.matchAll(/\[\]|\./g)].map(({ index }) => path.slice(0, index));
  return parents.some((parent) => {
    const types = staging.get(parent);
    return types !== undefined && (known(types).size === 0 || (types.has('array') && !staging.has(`${parent}[]`)));
  });
}
