import { z } from 'zod';
import { specSchema } from './schema';

/** The schema of a spec file for editors. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(specSchema, {
    io: 'input',
    // That the program does not change its lists is no business of an editor.
    override: ({ jsonSchema: part }) => delete part.readOnly,
  });
  return { ...schema, title: 'analytics-deploy spec' };
}
