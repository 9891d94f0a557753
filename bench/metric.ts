import type { Row } from './rows';
import type { Stage } from './stage';

export interface Metric {
  readonly id: string;
  readonly title: string;
  /** How it is measured, and what it does not show. */
  readonly notes: readonly string[];
  measure(stage: Stage, full: boolean): Promise<readonly Row[]>;
}
