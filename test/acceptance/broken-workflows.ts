/** A build that no deployment can go on with: its workflow task fails again and again. */
export async function analyticsDeployment(): Promise<never> {
  return Promise.reject(new TypeError('this build is broken'));
}
