import { Document } from 'yaml';
import type { Right } from '../rights';

export interface Account {
  readonly name: string;
  /** Where the worker runs. */
  readonly namespace: string;
}

/** ServiceAccount, and a Role with its RoleBinding in each namespace; every rule has its reason above it. */
export function manifestsOf(rights: readonly Right[], account: Account): string {
  const clusters = [...new Set(rights.map(({ cluster }) => cluster))];
  const header = [
    ' What the worker of analytics-deploy may do, and nothing more. Made by: analytics-deploy rbac',
    ' No right reaches beyond these namespaces, and none reads a Secret.',
  ].join('\n');
  // A service account of one cluster is nobody in another: each gets its part.
  const documents = clusters.flatMap((cluster) => {
    const where = clusters.length === 1 ? '' : `\n The part for the cluster of context "${cluster}": apply it there alone.`;
    return partOf(
      rights.filter((right) => right.cluster === cluster),
      account,
      `${header}${where}`,
    );
  });
  return documents.map((one) => one.toString({ lineWidth: 140 })).join('---\n');
}

function partOf(rights: readonly Right[], account: Account, header: string): readonly Document[] {
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))];
  return [
    document({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account.name, namespace: account.namespace } }, header),
    ...namespaces.flatMap((namespace) => [
      roleOf(
        account,
        namespace,
        rights.filter((right) => right.namespace === namespace),
      ),
      document({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: account.name, namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account.name },
        subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
      }),
    ]),
  ];
}

function roleOf(account: Account, namespace: string, rights: readonly Right[]): Document {
  const rules = rights.map(({ group, resource, verbs, names }) => ({
    apiGroups: [group],
    resources: [resource],
    ...(names ? { resourceNames: names } : {}),
    verbs,
  }));
  const role = document({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: account.name, namespace }, rules });
  for (const [at, { reason }] of rights.entries()) {
    const node = role.getIn(['rules', at], true);
    if (typeof node === 'object' && node !== null) Object.assign(node, { commentBefore: ` ${reason}` });
  }
  return role;
}

function document(content: object, comment?: string): Document {
  const made = new Document(content);
  if (comment !== undefined) made.commentBefore = comment;
  return made;
}
