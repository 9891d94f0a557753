/** Code quality: the lines that the spec names below `checklist.code`. */
export const codeLineNames = ['types', 'tests', 'coverage', 'boundaries', 'lint', 'hooks'] as const;
export type CodeLineName = (typeof codeLineNames)[number];

/** Lines of the checklist before a deployment, by id: each can be switched off in the spec with a reason, and waived by a person. */
export const checklistLineIds = [
  'checklist.types',
  'checklist.tests',
  'checklist.coverage',
  'checklist.boundaries',
  'checklist.lint',
  'checklist.hooks',
  'checklist.migrations',
  'checklist.redis',
  'checklist.dashboards',
  'checklist.alerts',
  'checklist.flags',
  'checklist.variables',
  'checklist.certificates',
  'checklist.backup',
  'checklist.redis-cluster',
  'checklist.routing',
  'checklist.cdn',
  'checklist.monitoring',
] as const;
export type ChecklistLineId = (typeof checklistLineIds)[number];
