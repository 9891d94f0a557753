/** Where reports outlive the histories that they are about. */
export interface Reports {
  /**
   * Keeps a text under a name: the file is there whole or not at all, and only its owner reads it. Answers with its path.
   *
   * @throws a failure of the catalogue: `Misconfigured` where the folder cannot be written, `Unavailable` where the disk is full or away.
   */
  keep(name: string, text: string): Promise<string>;
}
