/** The parts of Kubernetes objects that the sandbox reads. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Meta;
}
export interface KubernetesList<T> {
  readonly metadata: { readonly resourceVersion?: string };
  readonly items: readonly T[];
}

export interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
  }[];
}
export interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}
export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}
export interface EndpointSlice extends KubernetesObject {
  readonly endpoints?: readonly Endpoint[] | null;
}
export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean; readonly terminating?: boolean };
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
}
export interface HttpRoute extends KubernetesObject {
  readonly spec: { readonly parentRefs?: readonly object[]; readonly rules?: readonly RouteRule[] };
  readonly status?: { readonly parents?: readonly object[] };
}
export interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}
export interface VirtualService extends KubernetesObject {
  readonly spec: {
    readonly http?: readonly {
      readonly route?: readonly { readonly destination: { readonly host: string; readonly subset?: string }; readonly weight?: number }[];
    }[];
  };
}
export interface Ingress extends KubernetesObject {
  readonly spec: {
    readonly rules?: readonly {
      readonly http?: { readonly paths?: readonly { readonly backend: { readonly service?: { readonly name: string } } }[] };
    }[];
  };
}
export interface RouteRule {
  readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[];
  readonly backendRefs?: readonly BackendRef[];
}
export interface BackendRef {
  readonly name: string;
  readonly namespace?: string;
  readonly weight?: number;
}

/** Marks which loopback port a pod of the sandbox really listens on: its address in the cluster cannot be one of this machine. */
export const PORT_ANNOTATION = 'sandbox.analytics-deploy/port';
/** The label by which an EndpointSlice names its Service. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';
