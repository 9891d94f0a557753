import type { ArgumentRecord, OptionRecord } from './command';
import { idHelp } from './ids';

/** Options that several commands share, said once. */
export const specOptions: readonly OptionRecord[] = [
  { flags: '-s, --spec <file>', about: 'the spec; default ./analytics.yaml, else the built-in one' },
  { flags: '-o, --overrides <file>', about: 'a file whose values win over the spec; may be repeated', repeatable: true },
];
export const releaseOptions: readonly OptionRecord[] = [
  { flags: '-r, --release <version>', about: 'the version to deploy, such as v1.0.0', required: true },
  { flags: '--commit <id>', about: "the commit to release; default: what the spec's ref names" },
];
/** What is asked for beside the standard runbook. */
export const askedOptions: readonly OptionRecord[] = [
  { flags: '--profile <name>', about: "a shorter way of the spec's profiles; it has a gate of its own" },
  { flags: '--emergency', about: 'wait for no window; needs --reason and a gate of its own' },
];
export const asOption: OptionRecord = {
  flags: '--as <name>',
  about: 'who you are; default ANALYTICS_DEPLOY_USER, else your login (stated, not proven)',
};
export const commentOption: OptionRecord = { flags: '-m, --comment <text>', about: 'a word for the record' };
export const uiOption: OptionRecord = {
  flags: '--ui <url>',
  about: 'base of the web UI for links; default ANALYTICS_DEPLOY_UI, else derived',
};
export const noWaitOption: OptionRecord = { flags: '--no-wait', about: 'return at once instead of waiting for the effect' };
export const stepOption: OptionRecord = {
  flags: '--step <id>',
  about: 'step id, or undo:<subject>; default: the one that needs attention',
};
export const itemOption: OptionRecord = {
  flags: '--item <id>',
  about: 'a failed line or an attestation, by id; may be repeated; default: the only one',
  repeatable: true,
};
export const gateOptions: readonly OptionRecord[] = [
  { flags: '--gate <id>', about: 'the gate; default: the one that is open' },
  { flags: '--digest <digest>', about: 'the release digest you looked at (at least 7 characters)' },
];
export const idArgument: ArgumentRecord = { name: 'id', about: idHelp, required: true };
export const optionalIdArgument: ArgumentRecord = { name: 'id', about: `${idHelp}; default: the one that runs`, required: false };
