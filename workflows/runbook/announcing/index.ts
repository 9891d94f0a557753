/** What is announced when: each announcement reads its facts from what the deployment has measured, at the moment when it is sent. */
export * from './beginning';
export * from './contacts';
export type * from './facts';
export * from './issues';
export * from './metrics';
export * from './people';
export * from './progress';
export * from './put-back';
export * from './readers';
