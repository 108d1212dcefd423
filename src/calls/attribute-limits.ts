/** Documented limits of a task's attributes (Webex, Create Task). */
export const attributeLimits = { pairs: 30, keyBytes: 200, valueBytes: 1_024 } as const;
