/** The one object that is patched. */
export const patched = { namespace: 'analytics', service: 'analytics' } as const;
