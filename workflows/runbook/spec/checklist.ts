import type { CodeSpec } from './checklist-code';
import type { EnvironmentSpec } from './checklist-environment';
import type { InfrastructureSpec } from './checklist-infrastructure';

export interface ChecklistSpec {
  readonly code?: CodeSpec;
  readonly environment?: EnvironmentSpec;
  readonly infrastructure?: InfrastructureSpec;
}
