import type { TagReceipt, TagRequest } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import type { Ports } from './ports';
import type { Git, RemoteRef } from './ports/git';

/** The release's tag (runbook, step 1.1). Forward-only. */
export function tagActivities({ git }: Ports) {
  return {
    /** An annotated tag that names the release's commit is accepted as it is; any other is refused. */
    async pushTag({ tag, name, message, commit, taggedAt }: TagRequest, { signal, mayWrite }: Attempt): Promise<TagReceipt> {
      const existing = await findTag(git, tag.remote, name, signal);
      if (existing) return { result: 'already-there', object: acceptTag(existing, name, commit) };
      mayWrite();
      const made = await git.pushTag({ remote: tag.remote, name, message, commit, tagger: tag.tagger, at: taggedAt }, signal);
      if (made.result === 'pushed') return { result: 'created', object: made.object };
      const other = await findTag(git, tag.remote, name, signal);
      if (other) return { result: 'already-there', object: acceptTag(other, name, commit) };
      throw failure('TagConflict', `The remote refuses tag ${name}`, {
        remedy: 'Allow the worker to push tags, or switch tag.push off.',
      });
    },
  };
}

/** The remote's tag of exactly this name. */
export async function findTag(git: Git, remote: string, name: string, signal: AbortSignal): Promise<RemoteRef | undefined> {
  const ref = `refs/tags/${name}`;
  return (await git.remoteRefs(remote, ref, signal)).get(ref);
}

/** The object of an annotated tag on the release's commit; any other tag of its name is refused. */
export function acceptTag({ object, peeled }: RemoteRef, name: string, commit: string): string {
  if (peeled === commit) return object;
  const found = peeled === null ? 'exists and is not annotated' : `exists with commit ${peeled.slice(0, 12)}`;
  const orThat = peeled === null ? '' : `, or name the tagged commit (start --commit ${peeled})`;
  throw failure('TagConflict', `Tag ${name} ${found}, the release is ${commit.slice(0, 12)}`, {
    remedy: `Release another version${orThat}: a published tag is never moved.`,
  });
}
