import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { searchAttributes as names } from '../../workflows/messages';
import type { DeploymentRequest } from '../../workflows/runbook/release';

/** The type of each search attribute, as a namespace must register it. */
export const searchAttributeTypes: Readonly<Record<(typeof names)[keyof typeof names], 'Keyword' | 'Int'>> = {
  [names.id]: 'Keyword',
  [names.service]: 'Keyword',
  [names.environment]: 'Keyword',
  [names.release]: 'Keyword',
  [names.phase]: 'Keyword',
  [names.status]: 'Keyword',
  [names.requester]: 'Keyword',
  [names.weight]: 'Int',
};

/** What is registered of them, and the command that registers the rest. */
export function missingSearchAttributes(known: ReadonlySet<string>): { readonly missing: readonly string[]; readonly remedy: string } {
  const missing = Object.keys(searchAttributeTypes).filter((name) => !known.has(name));
  const types: Readonly<Record<string, string>> = searchAttributeTypes;
  return {
    missing,
    remedy: `temporal operator search-attribute create ${missing.map((name) => `--name ${name} --type ${types[name]}`).join(' ')}`,
  };
}

/** What is known of a deployment when it starts; the workflow keeps phase, status and weight up to date. */
export function searchAttributesOf({ deploymentId, version, requester, spec }: DeploymentRequest): SearchAttributePair[] {
  const texts = [
    [names.id, deploymentId],
    [names.service, spec.service],
    [names.environment, spec.environment],
    [names.release, version],
    [names.requester, requester],
  ] as const;
  return texts.map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value }));
}
