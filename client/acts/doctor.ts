import { createPorts } from '../../activities/ports/create';
import type { Context } from '../command';
import { checkDatabase } from '../doctor/database';
import type { Finding } from '../doctor/finding';
import { checkKubernetes } from '../doctor/kubernetes';
import { checkNode } from '../doctor/node';
import { checkGit, checkMetrics, checkSecrets, checkTools } from '../doctor/surroundings';
import { checkTemporal } from '../doctor/temporal';
import { exitCodes } from '../exit-codes';
import { findingLines } from '../screens/findings';
import { readSpec } from './read-spec';
import { taskQueuesOf } from './request';

/** Looks at everything that a deployment needs, side by side; exit 1 if something is missing. */
export async function doctor(context: Context): Promise<number> {
  const { out, env, connect } = context;
  const { spec, file } = readSpec(context);
  const ports = createPorts(env);
  const checks = await Promise.all([
    checkNode(),
    checkTemporal(connect, taskQueuesOf(context)),
    checkKubernetes(ports.kubernetes, spec),
    checkGit(ports.git, spec),
    checkTools(spec, env['PATH'] ?? ''),
    checkMetrics(ports.http, spec),
    checkSecrets(ports.secrets, spec),
    checkDatabase(ports.databases, ports.secrets, spec),
  ]);
  const findings: readonly Finding[] = checks.flat();
  const wrong = findings.filter(({ kind }) => kind === 'missing').length;
  out.say(...findingLines(out.look, findings, file));
  out.data({ spec: file, missing: wrong, findings });
  return wrong === 0 ? exitCodes.ok : exitCodes.failure;
}
