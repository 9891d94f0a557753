import { type UserEvent } from '#events';

const columns = ['user', 'action', 'at'] as const;

/** Comma-separated values; a field with a comma, a quote or a line break is quoted. */
export function exportCsv(events: readonly UserEvent[]): string {
  const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = events.map((event) => columns.map((column) => field(event[column])).join(','));
  return [columns.join(','), ...rows].join('\n');
}
