/** How long a function remembers what challenges and confirmations are signed with; then it sees whether it was changed. */
export const secretKeptMs = 5 * 60_000;
