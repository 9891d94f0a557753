import type { FlagsCheckReceipt, FlagsCheckRequest } from '../../workflows/runbook/contract';
import { failure } from '../failures';
import type { Ports } from '../ports';
import type { ConfigMap } from '../ports/kubernetes';
import { refuse } from './verdict';

type Flags = Readonly<Record<string, string>>;

/** Feature flags before a deployment (runbook, pre-deployment checklist). */
export function flagCheckActivities({ kubernetes }: Pick<Ports, 'kubernetes'>) {
  return {
    /** The flags that live pods read are at their initial values, and the candidate's ConfigMap, where it is there already, holds what is declared. */
    async checkFlags({ cluster, namespace, live, initial, isDeclared, next }: FlagsCheckRequest): Promise<FlagsCheckReceipt> {
      const read = (name: string): Promise<ConfigMap | null> => kubernetes.read({ kind: 'ConfigMap', cluster, namespace, name });
      const [now, made] = await Promise.all([live === null ? null : read(live), read(next.name)]);
      if (live !== null && now === null) {
        throw failure('CheckFailed', `the live pods' ConfigMap ${namespace}/${live} does not exist: nobody knows which flags they read`, {
          remedy: 'Restore it, or correct flags.configMap in the spec, then retry.',
        });
      }
      const added = Object.keys(initial).filter((name) => now?.data[name] === undefined);
      refuse(
        [
          ...(now ? wrongFlags(now.data, initial, `${live ?? ''}, which live pods read`) : []),
          ...(isDeclared
            ? added.map((name) => `flag ${name} is not in ${live ?? 'any ConfigMap that live pods name'}: its initial value is declared`)
            : []),
          ...(made ? wrongFlags(made.data, next.data, `${next.name}, which is there already`) : []),
        ],
        'Set the flags back, or correct flags.values and checklist.environment.flags in the spec, then retry.',
      );
      return { flags: Object.keys(initial).length, added };
    },
  };
}

/** Pure: flags that have another value than they shall have. One that is absent has none. */
export function wrongFlags(found: Flags, wanted: Flags, where: string): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => found[name] !== undefined && found[name] !== value)
    .map(([name, value]) => `flag ${name} is ${found[name] ?? ''} in ${where}: its initial value is ${value}`);
}
