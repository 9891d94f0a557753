import type { VariablesReceipt, VariablesRequest } from '../../workflows/runbook/contract';
import { failure } from '../failures';
import type { Ports } from '../ports';
import type { Deployment, ObjectName, VariableSource } from '../ports/kubernetes';
import { refuse } from './verdict';

/** What is known of the ConfigMaps that a template names; null where one does not exist. */
export type ConfigMaps = ReadonlyMap<string, Readonly<Record<string, string>> | null>;

/** Variables of the pods to come (runbook, pre-deployment checklist). */
export function variableActivities({ kubernetes }: Pick<Ports, 'kubernetes'>) {
  return {
    /**
     * The candidate's template brings every variable that the spec requires, and whatever it names of ConfigMaps is there. Secrets are not
     * read: that a Secret is there is proved by the candidate's first pod that starts.
     */
    async checkVariables(request: VariablesRequest): Promise<VariablesReceipt> {
      const { cluster, namespace, deployment: name, container, variables, flags } = request;
      const deployment = await kubernetes.read({ kind: 'Deployment', cluster, namespace, name });
      if (!deployment) {
        throw failure('NotFound', `deployment ${namespace}/${name} does not exist`, {
          remedy: 'Create it, or correct production.colours in the spec.',
        });
      }
      const own = deployment.variables[container];
      if (!own) {
        throw failure('NotFound', `deployment ${namespace}/${name} has no container ${container}`, {
          remedy: 'Correct image.container in the spec.',
        });
      }
      const named = configMapsOf(deployment);
      // Step 2.2 lets the template name the flags of this release, whatever it names of flags now.
      const isFlags = (configMap: string): boolean => flags !== undefined && configMap.startsWith(`${flags.prefix}-`);
      const sources: readonly VariableSource[] = flags
        ? [{ kind: 'all', prefix: '', of: { kind: 'ConfigMap', name: `${flags.prefix}-`, optional: false } }, ...own]
        : own;
      const read = async (configMap: string): Promise<Readonly<Record<string, string>> | null> =>
        isFlags(configMap)
          ? (flags?.data ?? null)
          : ((await kubernetes.read({ kind: 'ConfigMap', cluster, namespace, name: configMap }))?.data ?? null);
      const configMaps: ConfigMaps = new Map(
        await Promise.all([...named, ...(flags ? [`${flags.prefix}-`] : [])].map(async (each) => [each, await read(each)] as const)),
      );
      refuse(
        [
          ...unresolved(deployment, configMaps),
          ...missingVariables(sources, configMaps, variables.required).map((problem) => `container ${container}: ${problem}`),
          ...variables.fromSecrets
            .filter((variable) => !isFromSecret(sources, variable))
            .map((variable) => `container ${container}: no Secret is named that could bring ${variable}`),
        ],
        `Correct the template of deployment ${namespace}/${name} or its ConfigMaps, then retry.`,
      );
      return {
        variables: variables.required.length + variables.fromSecrets.length,
        configMaps: named.length,
        secrets: objectsOf(deployment, 'Secret'),
      };
    },
  };
}

function sourcesOf({ variables, volumes }: Pick<Deployment, 'variables' | 'volumes'>): readonly ObjectName[] {
  const ofVariables = Object.values(variables).flatMap((sources) =>
    sources.flatMap((source) => (source.kind === 'value' ? [] : [source.of])),
  );
  return [...ofVariables, ...volumes];
}
const objectsOf = (deployment: Deployment, kind: ObjectName['kind']): readonly string[] => [
  ...new Set(sourcesOf(deployment).flatMap((object) => (object.kind === kind ? [object.name] : []))),
];
const configMapsOf = (deployment: Deployment): readonly string[] => objectsOf(deployment, 'ConfigMap');

/** Pure: what the template names of ConfigMaps and is not there, so that no pod would start. */
export function unresolved({ variables, volumes }: Pick<Deployment, 'variables' | 'volumes'>, configMaps: ConfigMaps): readonly string[] {
  const isNeeded = ({ kind, optional }: ObjectName): boolean => kind === 'ConfigMap' && !optional;
  const gone = sourcesOf({ variables, volumes }).filter((object) => isNeeded(object) && !configMaps.get(object.name));
  const keys = Object.values(variables).flatMap((sources) =>
    sources.flatMap((source) => {
      if (source.kind !== 'key' || !isNeeded(source.of)) return [];
      const data = configMaps.get(source.of.name);
      return data && data[source.key] === undefined
        ? [`configmap ${source.of.name} has no key ${source.key}, which ${source.name} needs`]
        : [];
    }),
  );
  return [...new Set([...gone.map(({ name }) => `configmap ${name} does not exist`), ...keys])];
}

/** Pure: required variables that nothing brings, or that are empty. The last source of a variable is the one that counts. */
export function missingVariables(
  sources: readonly VariableSource[],
  configMaps: ConfigMaps,
  required: readonly string[],
): readonly string[] {
  return required.flatMap((variable) => {
    const found = sources.map((source) => valueOf(source, variable, configMaps)).findLast((value) => value !== undefined);
    if (found === undefined) return [`nothing brings ${variable}`];
    return found === '' ? [`${variable} is empty`] : [];
  });
}

/** What a source gives a variable; undefined where it gives it none that can be seen. */
function valueOf(source: VariableSource, variable: string, configMaps: ConfigMaps): string | undefined {
  switch (source.kind) {
    case 'value':
      // What the cluster fills in is never empty.
      return source.name === variable ? (source.value ?? 'filled in') : undefined;
    case 'key':
      if (source.name !== variable) return undefined;
      return source.of.kind === 'Secret' ? 'from a Secret' : configMaps.get(source.of.name)?.[source.key];
    case 'all':
      if (source.of.kind === 'Secret' || !variable.startsWith(source.prefix)) return undefined;
      return configMaps.get(source.of.name)?.[variable.slice(source.prefix.length)];
  }
}

/** Whether a Secret is named that may bring it; whether it does is seen when a pod starts. */
function isFromSecret(sources: readonly VariableSource[], variable: string): boolean {
  return sources.some(
    (source) =>
      source.kind !== 'value' &&
      source.of.kind === 'Secret' &&
      !source.of.optional &&
      (source.kind === 'key' ? source.name === variable : variable.startsWith(source.prefix)),
  );
}
