/** What a target's record knows of earlier releases: what a rollback may go back to. Nothing of it is guessed from revisions. */

/** An image that was found healthy in production. */
export interface Released {
  readonly image: string;
  /** As it was released; null where it served before this tool knew of it. */
  readonly version: string | null;
  /** The flags' ConfigMap that it served with, null for none. */
  readonly flagsConfigMap: string | null;
  /** The deployment that released it; null where it served before this tool knew of it. */
  readonly deployment: string | null;
  /** ISO time. */
  readonly at: string;
  /** The rollback that went away from it: nothing goes back to it by itself. */
  readonly withdrawn?: string;
}

/** What a deployment found at its end, before the cluster was asked for the flags. */
export interface Releases {
  readonly healthy: readonly HealthyColour[];
  /** Images that were rolled back from. */
  readonly withdrawn: readonly string[];
  readonly container: string;
  readonly flagsPrefix?: string;
}
/** One colour that serves, or served until now. */
export interface HealthyColour {
  readonly deployment: string;
  readonly image: string;
  /** Null for one that this deployment did not release: what was known of it stays. */
  readonly version: string | null;
}

/** Releases that are kept on record. */
const kept = 10;

/** The list with what was found just now, newest last. */
export function remembered(
  before: readonly Released[],
  found: readonly Omit<Released, 'withdrawn'>[],
  withdrawn: readonly string[],
  by: string,
): readonly Released[] {
  const stay = before
    .filter(({ image }) => !found.some((one) => one.image === image))
    .map((one) => (withdrawn.includes(one.image) ? { ...one, withdrawn: by } : one));
  const now = found.map((one) => {
    const known = before.find(({ image }) => image === one.image);
    return one.version === null && known ? { ...one, version: known.version, deployment: known.deployment } : one;
  });
  return [...stay, ...now].slice(-kept);
}

/** A release as people call it: its version, else the image's tag, else the beginning of its digest. */
export function versionOf(image: string, released: readonly Released[]): string {
  const known = released.find((one) => one.image === image)?.version;
  if (known) return known;
  const [name = image, digest] = image.split('@');
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1];
  return tag ?? digest?.slice(0, 'sha256:'.length + 12) ?? image;
}

/** Where a rollback goes. */
export type Destination =
  { readonly kind: 'known'; readonly image: string; readonly version: string; readonly flagsConfigMap: string | null } | Refusal;
/** Why there is none, and what to do instead. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
  readonly remedy: string;
}

/** What the rules look at. */
export interface Standing {
  /** Image of the colour that serves. */
  readonly live: string;
  /** The other colour as its template stands. */
  readonly other: { readonly colour: string; readonly image: string; readonly flagsConfigMap: string | null };
  readonly released: readonly Released[];
  /** The deployment that is rolled back. */
  readonly of: string;
}

/** Rung traffic: the other colour as it stands, if what it is was released or served healthily and was not rolled back from. */
export function otherColour({ live, other, released, of }: Standing): Destination {
  const foreign = releasedByAnother(live, released, of);
  if (foreign) return foreign;
  const { colour, image, flagsConfigMap } = other;
  if (image === live) {
    return {
      kind: 'refused',
      reason: `${colour} has the same image as the live colour (${versionOf(image, released)}): moving traffic would change nothing`,
      remedy: 'Use --level system for the previous version, or --level flags.',
    };
  }
  const known = released.find((one) => one.image === image);
  if (!known) {
    return {
      kind: 'refused',
      reason: `${colour} has ${versionOf(image, released)}, which is not on record as a healthy version`,
      remedy: 'Use --level system for the newest version on record, or deploy a version: analytics-deploy start --release VERSION.',
    };
  }
  if (known.withdrawn !== undefined) return isWithdrawn(colour, known, released);
  if (known.deployment === of) return isElsewhere(colour, known, released);
  return { kind: 'known', image, version: versionOf(image, released), flagsConfigMap };
}

/** Rung system: the newest version on record that neither serves, nor is the one to be left, nor was rolled back from. */
export function previousVersion({ live, released, of }: Standing): Destination {
  const foreign = releasedByAnother(live, released, of);
  if (foreign) return foreign;
  const previous = released
    .filter(({ image, withdrawn, deployment }) => image !== live && withdrawn === undefined && deployment !== of)
    .at(-1);
  if (previous) {
    const { image, flagsConfigMap } = previous;
    return { kind: 'known', image, version: versionOf(image, released), flagsConfigMap };
  }
  return {
    kind: 'refused',
    reason: 'no previous healthy version is on record',
    remedy: 'A deployment leaves it there at its end. Deploy the version that you want: analytics-deploy start --release VERSION.',
  };
}

/** What serves is on record, and is not what the deployment has released: going away from it is not what was asked for. */
export function releasedByAnother(live: string, released: readonly Released[], of: string): Refusal | null {
  const serving = released.find(({ image }) => image === live);
  if (!serving || serving.deployment === of) return null;
  const { deployment } = serving;
  const version = versionOf(live, released);
  return deployment === null
    ? {
        kind: 'refused',
        reason: `${version} serves, which served before ${of} already: nothing of ${of} is left to roll back`,
        remedy: 'Deploy the version that you want: analytics-deploy start --release VERSION.',
      }
    : {
        kind: 'refused',
        reason: `${version} serves, released by ${deployment} and not by ${of}`,
        remedy: `Roll that one back: analytics-deploy rollback ${deployment}`,
      };
}

/**
 * Rung database: something was released after the deployment, and not by going back from it. What was written under it would be lost with the
 * backup of before. The list has the newest last.
 */
export function releasedSince(live: string, released: readonly Released[], of: string): Refusal | null {
  const left = released.findIndex(({ deployment }) => deployment === of);
  const at = released.findIndex(({ image }) => image === live);
  const by = released[at]?.deployment ?? null;
  if (left < 0 || at <= left || by === null || rollbacksFrom(of, released).includes(by)) return null;
  return {
    kind: 'refused',
    reason: `${versionOf(live, released)} serves, which ${by} has released after ${of}: what was written under it would be lost`,
    remedy: `Roll that one back: analytics-deploy rollback ${by} --level database`,
  };
}

/** The rollback that went away from a deployment, the one that went away from that one, and so on. */
function rollbacksFrom(of: string, released: readonly Released[]): readonly string[] {
  const went: string[] = [];
  for (let from: string | undefined = of; from !== undefined && !went.includes(from);) {
    if (from !== of) went.push(from);
    from = released.find(({ deployment }) => deployment === from)?.withdrawn;
  }
  return went;
}

function isElsewhere(colour: string, { image, deployment }: Released, released: readonly Released[]): Destination {
  return {
    kind: 'refused',
    reason: `${colour} has ${versionOf(image, released)}, the very release of ${deployment ?? 'that deployment'}: it does not serve, and all traffic would go to it`,
    remedy: 'Use --level system for the version before it, or deploy the version that you want: analytics-deploy start --release VERSION.',
  };
}

function isWithdrawn(colour: string, { image, withdrawn }: Released, released: readonly Released[]): Destination {
  return {
    kind: 'refused',
    reason: `${colour} has ${versionOf(image, released)}, which ${withdrawn ?? 'somebody'} has rolled back from`,
    remedy: 'Use --level system for the version before it.',
  };
}
