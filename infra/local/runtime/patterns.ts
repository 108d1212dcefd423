/** Whether a text matches a pattern in which `*` stands for any text and `?` for one character, as in policies. */
export const matchesPattern = (pattern: string, text: string): boolean => {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
};
