import { z } from 'zod';
import { specSchema } from './schema';

let made: Readonly<Record<string, unknown>> | null = null;

/** The schema of a spec file for editors. Making it takes a while. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  made ??= makeSchema();
  return made;
}

function makeSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(specSchema, {
    io: 'input',
    // That the program does not change its lists is no business of an editor.
    override: ({ jsonSchema: part }) => delete part.readOnly,
  });
  return { ...schema, title: 'analytics-deploy spec' };
}
