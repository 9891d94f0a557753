import { section } from '../scalars';
import { code } from './checklist-code';
import { environment } from './checklist-environment';
import { infrastructure } from './checklist-infrastructure';

export const checklist = section({
  code: code.exactOptional().describe("Code quality: commands on a clean checkout of the release's commit."),
  environment: environment.exactOptional().describe('Environment preparation: what the release needs around it.'),
  infrastructure: infrastructure.exactOptional().describe('Infrastructure checks: what the release stands on.'),
});
