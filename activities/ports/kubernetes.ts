/** The few facts of Kubernetes objects that the deployment reads. Times are epoch milliseconds. */
export interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly annotations: Readonly<Record<string, string>> | null;
  readonly deleting: boolean;
  readonly managers: readonly Manager[];
}
/** One entry of managedFields. */
export interface Manager {
  readonly name: string;
  readonly at: number;
  readonly fields: unknown;
}
export interface Container {
  readonly name: string;
  readonly image: string;
  /** ConfigMap of each `envFrom` entry, null for an entry of another kind; null where there is no `envFrom`. */
  readonly envFrom: readonly (string | null)[] | null;
}
/** Where variables of a container come from. */
export type VariableSource =
  /** A value of its own; null where the cluster fills it in. */
  | { readonly kind: 'value'; readonly name: string; readonly value: string | null }
  /** One key of an object. */
  | { readonly kind: 'key'; readonly name: string; readonly of: ObjectName; readonly key: string }
  /** All keys of an object, each with a prefix. */
  | { readonly kind: 'all'; readonly prefix: string; readonly of: ObjectName };
/** An object of the same namespace that a pod needs to start, unless it is optional. */
export interface ObjectName {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly optional: boolean;
}
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since: number | null;
}
export interface Deployment {
  readonly meta: Meta;
  readonly replicas: number;
  readonly paused: boolean;
  readonly revision: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  /** Variables of each container of the template, init containers included, in the order in which later ones win. */
  readonly variables: Readonly<Record<string, readonly VariableSource[]>>;
  /** What the template's volumes are filled from. */
  readonly volumes: readonly ObjectName[];
  readonly status: {
    readonly observedGeneration: number;
    readonly replicas: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
    readonly conditions: readonly Condition[];
  };
}
export interface Service {
  readonly meta: Meta;
  readonly selector: Readonly<Record<string, string>>;
}
export interface ConfigMap {
  readonly meta: Meta;
  readonly data: Readonly<Record<string, string>>;
}
export interface Autoscaler {
  readonly meta: Meta;
  /** Kind and name of what it scales. */
  readonly target: { readonly kind: string; readonly name: string };
  readonly minimum: number;
  readonly maximum: number;
}
/** A PodDisruptionBudget: which pods it counts, and how many of them must stay. */
export interface Budget {
  readonly name: string;
  /** Null where it selects by expressions, which we do not read. */
  readonly selector: Readonly<Record<string, string>> | null;
  /** A number, or a percentage such as `50%`; null where it is not stated. */
  readonly minAvailable: number | string | null;
  readonly maxUnavailable: number | string | null;
}
export interface Lease {
  readonly meta: Meta;
  /** Empty where nobody holds it. */
  readonly holder: string;
  /** How often it went over: our epoch. */
  readonly transitions: number;
}
export interface Backend {
  readonly name: string;
  /** As the object states it, where the name is only its first part. */
  readonly host?: string;
  readonly subset?: string;
  /** Null where the object states none; the Gateway API then means 1. */
  readonly weight: number | null;
}
export interface HttpRoute {
  readonly meta: Meta;
  readonly rules: readonly { readonly backends: readonly Backend[] }[];
  /** `Accepted` of each parent, null where a parent states none for this generation. */
  readonly accepted: readonly (Condition | null)[];
}
export interface VirtualService {
  readonly meta: Meta;
  readonly rules: readonly { readonly backends: readonly Backend[] }[];
}
export interface Ingress {
  readonly meta: Meta;
  /** Every Service that it names, and the JSON pointer of the name. */
  readonly backends: readonly { readonly service: string; readonly path: string }[];
}
export interface Pod {
  readonly name: string;
  readonly ready: boolean;
  readonly readySince: number | null;
  readonly deleting: boolean;
  readonly containers: readonly Container[];
  /** Why it does not get on: reasons of waiting containers and of the scheduler. */
  readonly waiting: readonly { readonly reason: string; readonly message: string }[];
}
export interface Endpoint {
  /** The pod, or the address where no pod is named. */
  readonly target: string;
  readonly ready: boolean;
}

/** The kinds that are read and written by name. */
export interface Kinds {
  readonly Deployment: Deployment;
  readonly Service: Service;
  readonly ConfigMap: ConfigMap;
  readonly HTTPRoute: HttpRoute;
  readonly Lease: Lease;
  readonly HorizontalPodAutoscaler: Autoscaler;
  readonly VirtualService: VirtualService;
  readonly Ingress: Ingress;
}
export type Kind = keyof Kinds;

export interface Place {
  /** A kubeconfig context, `in-cluster`, or `current`. */
  readonly cluster: string;
  readonly namespace: string;
}
export interface Reference<K extends Kind = Kind> extends Place {
  readonly kind: K;
  readonly name: string;
}

/** One operation of a JSON Patch (RFC 6902). */
export type Operation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What is written of an object that is made anew. */
export interface Contents {
  readonly ConfigMap: Labelled & { readonly data: Readonly<Record<string, string>>; readonly immutable: boolean };
  readonly Lease: Labelled & { readonly holder: string; readonly transitions: number; readonly acquiredAt: string };
}
export interface Labelled {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a watch has told so far. */
export interface Follower {
  deployment(): Deployment | null;
  pods(): readonly Pod[];
  /** Waits for the next event, at most so many milliseconds; `ended` where nothing more will come. @throws where the signal is aborted. */
  next(milliseconds: number, signal: AbortSignal): Promise<'event' | 'time' | 'ended'>;
  stop(): void;
}

/** What is asked of the authorizer. */
export interface Permission {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/**
 * Kubernetes as the deployment needs it: live reads, writes with preconditions. Every request has a deadline of 10 s; every error is one of
 * the catalogue and names verb and object. Writes are made by `safe-write.ts` alone.
 */
export interface Kubernetes {
  /** Null where it does not exist. */
  read<K extends Kind>(reference: Reference<K>): Promise<Kinds[K] | null>;
  /** JSON Patch, strictly validated, as field manager `analytics-deploy`. */
  patch<K extends Kind>(reference: Reference<K>, operations: readonly Operation[]): Promise<void>;
  /** Creates an object, strictly validated. */
  create<K extends keyof Contents>(reference: Reference<K>, content: Contents[K]): Promise<void>;
  /** Deletes exactly this version of the object. */
  remove(reference: Reference<'ConfigMap'>, version: { readonly uid: string; readonly resourceVersion: string }): Promise<void>;
  pods(place: Place, selector: Readonly<Record<string, string>>): Promise<readonly Pod[]>;
  /** Endpoints of a Service, each target once. */
  endpoints(place: Place, service: string): Promise<readonly Endpoint[]>;
  /** Follows a Deployment and the pods of its selector as the server tells of them; null where that cannot be had. A hint: decisions are made on reads. */
  follow(reference: Reference<'Deployment'>, selector: Readonly<Record<string, string>>): Promise<Follower | null>;
  autoscalers(place: Place): Promise<readonly Autoscaler[]>;
  budgets(place: Place): Promise<readonly Budget[]>;
  /** Whether we may do it (SelfSubjectAccessReview). */
  mayI(place: Place, permission: Permission): Promise<boolean>;
}
