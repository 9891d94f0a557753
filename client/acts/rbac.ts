import { textOf, type Context } from '../command';
import { exitCodes } from '../exit-codes';
import { manifestsOf } from '../rbac/manifests';
import { rightsOf } from '../rights';
import { readSpec } from './read-spec';

/** Prints the Roles that the worker needs and nothing more, as manifests that can be applied. */
export async function rbac(context: Context): Promise<number> {
  const { out, options } = context;
  const { spec, file } = readSpec(context);
  const account = {
    name: textOf(options, 'serviceAccount') ?? 'analytics-deploy',
    namespace: textOf(options, 'namespace') ?? spec.production.namespace,
  };
  const rights = rightsOf(spec);
  out.say(manifestsOf(rights, account).trimEnd());
  out.data({ spec: file, account, rights });
  return exitCodes.ok;
}
