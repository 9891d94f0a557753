import * as grammar from '../grammar';
import { map, section, share, text } from '../scalars';

export const flags = section({
  configMap: text(grammar.configMapPrefix).describe("Beginning of the ConfigMap's name; the content's hash follows it."),
  values: map(grammar.variableName, text(grammar.lineOfText), 'flags to values').describe('The flags, as variables of the application.'),
  rollout: section({
    name: text(grammar.variableName).describe('Variable that holds the percentage.'),
    percentage: share().prefault(10).describe('Percentage that the application itself reads; the ramp does not raise it (runbook: 10).'),
  })
    .exactOptional()
    .describe('The rollout percentage that the application reads.'),
});
