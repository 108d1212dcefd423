/**
 * Reads the flags of a command line; what is wrong with them is told in one sentence, followed by the usage.
 * @returns undefined where it was told
 */
export function readFlags<Parsed>(
  parse: (args: readonly string[]) => Parsed,
  args: readonly string[],
  tell: { readonly usage: string; readonly complain: (line: string) => void },
): Parsed | undefined {
  try {
    return parse(args);
  } catch (error) {
    // parseArgs throws nothing else.
    if (!(error instanceof TypeError)) throw error;
    tell.complain(`${error.message}\n${tell.usage}`);
    return undefined;
  }
}
