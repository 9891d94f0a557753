import { findPackageJSON, Module } from 'node:module';
import { dirname, join } from 'node:path';

/** A compiled JSON schema. `errors` holds what the last call found. */
export interface Schema {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
export interface SchemaError {
  /** JSON pointer. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** The schemas are hundreds of ES modules: a module of Node's own loads them as they are, once per process, also below a test runner that has a loader of its own. */
const node = new Module(__filename);
const loaded = new Map<string, Schema>();

/** A compiled schema: a package and the name of a definition in it. */
export interface SchemaName {
  readonly package: 'kubernetes-models' | '@kubernetes-models/gateway-api';
  readonly definition: string;
}

/** @throws where the package is not installed or does not hold the definition. */
export function loadSchema(name: SchemaName): Schema {
  const known = loaded.get(name.definition);
  if (known) return known;
  // By its file: the package lets modules be imported, but not required, by name.
  const manifest = findPackageJSON(name.package, __filename);
  if (manifest === undefined) throw new Error(`The package ${name.package} is missing. Run npm ci.`);
  const { validate } = node.require(join(dirname(manifest), '_schemas', `${name.definition}.js`)) as { readonly validate: Schema };
  loaded.set(name.definition, validate);
  return validate;
}

/** A definition of Kubernetes' own API, for example `CoreV1Service`. */
export function builtIn(definition: string): SchemaName {
  return { package: 'kubernetes-models', definition: `IoK8sApi${definition}` };
}
