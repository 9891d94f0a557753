/** Who may import whom. A path stands for itself and everything below it; the most specific row that holds a file counts. */
export interface Row {
  readonly folder: string;
  /** Parts of the project. */
  readonly from: readonly string[];
  /** Packages; `node:` stands for all modules of Node. */
  readonly packages: readonly string[];
}

const runbook = 'workflows/runbook';

const ports = ['activities/ports', 'activities/failures.ts', runbook];
/** Adapters answer with failures of the catalogue, which are Temporal's. */
const portPackages = ['@temporalio/common', 'node:'];
const client = ['client', runbook, 'workflows/messages.ts', 'spec'];
const clientPackages = [
  '@temporalio/client',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/proto',
  'commander',
  'log-update',
  'yaml',
  'node:',
];

export const table: readonly Row[] = [
  // Pure: data, types and scripts.
  { folder: runbook, from: [runbook], packages: [] },
  // Deterministic: runs in the sandbox of the workflow worker.
  { folder: 'workflows', from: ['workflows'], packages: ['@temporalio/workflow'] },
  // Effects, without a vendor's types.
  {
    folder: 'activities',
    from: ['activities', runbook],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:'],
  },
  // One adapter per outside system: the only places that know a vendor's library.
  { folder: 'activities/ports', from: ports, packages: portPackages },
  {
    folder: 'activities/ports/kubernetes',
    from: ports,
    packages: ['@kubernetes/client-node', ...portPackages],
  },
  { folder: 'activities/ports/http', from: ports, packages: ['axios', ...portPackages] },
  {
    folder: 'activities/ports/deployments',
    from: [...ports, 'workflows/messages.ts'],
    packages: ['@temporalio/activity', ...portPackages],
  },
  { folder: 'activities/ports/redis', from: ports, packages: ['@redis/client', ...portPackages] },
  { folder: 'activities/ports/databases', from: ports, packages: ['pg', ...portPackages] },
  { folder: 'activities/ports/load', from: ports, packages: ['autocannon', ...portPackages] },
  { folder: 'activities/ports/load', from: ports, packages: ['autocannon', 'nodemailer', ...portPackages] },
  { folder: 'activities/ports/notices/mail.ts', from: ports, packages: ['nodemailer', ...portPackages] },
  // Wires everything together.
  {
    folder: 'worker',
    from: ['worker', 'activities', runbook, 'workflows/messages.ts'],
    packages: ['@temporalio/worker', '@temporalio/common', '@temporalio/client', '@temporalio/envconfig', '@temporalio/activity', 'node:'],
  },
  { folder: 'worker/metrics.ts', from: ['worker'], packages: ['prom-client'] },
  // Reads and checks a spec.
  {
    folder: 'spec',
    from: [
      'spec',
      `${runbook}/spec`,
      ...['attestations', 'monitoring', 'pre-deployment/ids', 'post-deployment/room', 'windows', 'words', 'zones'].map(
        (name) => `${runbook}/${name}.ts`,
      ),
    ],
    packages: ['zod', 'yaml', 'node:'],
  },
  // The command line. What is heavy, or not its business, is reached by the acts of the commands that need it, and those are loaded late.
  { folder: 'client', from: client, packages: clientPackages },
  { folder: 'client/acts/demo.ts', from: [...client, 'sandbox'], packages: clientPackages },
  { folder: 'client/acts/sandbox.ts', from: [...client, 'sandbox'], packages: clientPackages },
  { folder: 'client/acts/setup.ts', from: [...client, 'sandbox/temporal'], packages: clientPackages },
  { folder: 'client/acts/worker.ts', from: [...client, 'worker'], packages: clientPackages },
  // What a person does to the cluster without Temporal is what the activities do.
  { folder: 'client/acts/repair.ts', from: [...client, 'activities'], packages: clientPackages },
  { folder: 'client/acts/by-hand.ts', from: [...client, 'activities'], packages: clientPackages },
  { folder: 'client/rights.ts', from: [...client, 'activities/ports'], packages: clientPackages },
  { folder: 'client/acts/doctor.ts', from: [...client, 'activities/ports'], packages: clientPackages },
  // The world on a laptop: knows the spec and what the runbook calls things, nothing of how it is performed.
  {
    folder: 'sandbox',
    from: ['sandbox', 'spec', runbook, 'workflows/messages.ts'],
    packages: [
      '@kubernetes-models/gateway-api',
      '@temporalio/client',
      '@temporalio/testing',
      'mailparser',
      'smtp-server',
      'kubernetes-models',
      'rfc6902',
      'selfsigned',
      'yaml',
      'node:',
    ],
  },
];

/** Libraries of outside systems: in their adapters, and nowhere else. */
export const vendors = ['@kubernetes/client-node', 'axios', 'autocannon', 'pg', 'prom-client', '@redis/client'] as const;

/** What must not be loaded before a command has been chosen: `--help` answers at once. */
export const startUp = {
  file: 'client/main.ts',
  from: ['client'],
  late: ['client/acts', 'client/program.ts'],
  packages: ['node:'],
} as const;

/** The row that a file stands under. */
export const rowOf = (file: string): Row | undefined =>
  table.filter(({ folder }) => isBelow(file, folder)).toSorted((a, b) => b.folder.length - a.folder.length)[0];

export const isBelow = (file: string, part: string): boolean => file === part || file.startsWith(`${part}/`);
export const isAllowed = (name: string, packages: readonly string[]): boolean =>
  packages.includes(name) || (name.startsWith('node:') && packages.includes('node:'));
