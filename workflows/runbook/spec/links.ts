export interface LinkSpec {
  readonly title: string;
  readonly url: string;
}
