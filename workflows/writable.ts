/** The same, to be written: for the few objects that are mutable and say so. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
