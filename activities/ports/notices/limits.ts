/** How long one sending may take, in milliseconds. */
export const deadline = 8_000;
