import { hostname, tmpdir } from 'node:os';

/** A recorded history without the machine that it was recorded on: replay looks at neither. */
export function anonymous(json: string): string {
  return JSON.stringify(clean(JSON.parse(json)));
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return withoutMachine(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'data' && typeof inner === 'string' ? recode(inner) : clean(inner)]),
  );
}

/** Payloads travel as base64. */
function recode(data: string): string {
  return Buffer.from(withoutMachine(Buffer.from(data, 'base64').toString('utf8')), 'utf8').toString('base64');
}

function withoutMachine(text: string): string {
  return text
    .replaceAll(new RegExp(`${tmpdir()}/analytics-deploy-[A-Za-z0-9-]+`, 'g'), '/sandbox')
    .replaceAll(new RegExp(`(\\d*)@${hostname()}\\b`, 'g'), '$1@host');
}
