import { connect } from 'node:net';

/** Whether a Temporal server answers for its namespace and knows all these search attributes. */
export async function isServing(address: string, attributes: readonly string[]): Promise<boolean> {
  // A client that comes too early waits a second before it tries again; a bare connection tells at once.
  if (!(await isListening(address))) return false;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      return attributes.every((name) => Object.hasOwn(customAttributes, name));
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/** Whether anybody listens at `host:port`. */
export function isListening(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
