import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

type Section = { readonly [key: string]: unknown };

/** Waits of seconds, and as many requests as the demo's users send in them. All else is the default spec. */
function demoWaits(defaults: Section): Section {
  return {
    staging: { rollout: { deadline: '60s' } },
    load: { duration: '5s', rate: 60, connections: 4, limits: { minimumRequests: 150 } },
    integration: { timeout: '60s' },
    production: { settle: '1s', traffic: { propagation: '1s' }, rollout: { deadline: '60s' } },
    ramp: {
      initial: { share: 10, watch: '8s' },
      steps: [20, 50, 80, 100].map((share) => ({ share, watch: '7s' })),
      selectorWatch: '4s',
      soak: '5s',
    },
    watching: { every: '1s', extendAtMost: '30s' },
    signals: listOf(defaults['signals']).map((signal) => ({ ...signal, minimum: 20 })),
    attention: { deadline: '2m', undoDeadline: '2m' },
    // Everything of the demo shares this machine: how fast Redis answers is not what it shows.
    checklist: { environment: { redis: { within: '5s' } } },
    // It is shown at any hour: the window is open, and its forecast is still made.
    windows: {
      weekly: [{ name: 'any time', days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], from: '00:00', to: '24:00' }],
      peak: { days: [] },
    },
  };
}

/** The one file of overrides: the sandbox's addresses and the demo's waits. Answers with its path. */
export function writeDemoOverrides(defaultSpec: string, sandboxOverrides: string, target: string): string {
  const defaults = parse(readFileSync(defaultSpec, 'utf8')) as Section;
  const addresses = parse(readFileSync(sandboxOverrides, 'utf8')) as Section;
  const heading = "# The demo's spec is the default one with this laid over it: the sandbox's addresses, and waits of seconds.\n";
  writeFileSync(target, heading + stringify(merged(addresses, demoWaits(defaults))), { mode: 0o600 });
  return target;
}

/** Sections merge, everything else is replaced: the rule by which overrides are read. */
function merged(under: Section, over: Section): Section {
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.map((key) => {
      const [below, above] = [under[key], over[key]];
      return [key, isSection(below) && isSection(above) ? merged(below, above) : (above ?? below)];
    }),
  );
}

const isSection = (value: unknown): value is Section => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Section[] => (Array.isArray(value) ? value.filter(isSection) : []);
