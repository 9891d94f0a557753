export interface CertificateQuestion {
  readonly host: string;
  readonly port: number;
  /** A mail server that is asked for TLS first. */
  readonly startTls?: boolean | undefined;
  /** File with the authorities that are trusted besides the machine's. */
  readonly ca?: string | undefined;
  /** Until the certificate is shown, in milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** What a host shows. Nothing of it is judged but by TLS' own rules. */
export interface CertificateFacts {
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  /** Whether the host is one of them. */
  readonly isForHost: boolean;
  /** Why its chain is not trusted, by OpenSSL's code; null where it is. */
  readonly distrust: string | null;
  /** When the chain begins to be valid, and when the first of it ends; epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Whose end that is, where it is not the host's own certificate. */
  readonly firstToEnd: string | null;
}

/** Certificates as clients meet them. */
export interface Certificates {
  /** Agrees on TLS with a host. Fails with `Unavailable` where it shows no certificate. */
  look(question: CertificateQuestion): Promise<CertificateFacts>;
}
