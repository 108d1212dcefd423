const ARN_SEGMENTS = 6;

const inRegExp = (character: string): string => {
  switch (character) {
    case '*':
      return '[^]*';
    case '?':
      return '[^]';
    default:
      return `\\${character}`;
  }
};

const toRegExp = (pattern: string, flags: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[*?\\^$.|+()[\]{}/]/g, inRegExp)}$`, flags);

const hasWildcard = (pattern: string): boolean => pattern.includes('*') || pattern.includes('?');

export type Matcher = (value: string) => boolean;

/** Matches text with the policy wildcards `*` (any run) and `?` (any one character); everything else is literal. */
export const stringMatcher = (pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matcher => {
  const { ignoreCase = false } = options;
  if (pattern === '*') {
    return () => true;
  }
  if (!hasWildcard(pattern)) {
    const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
    return (value) => (ignoreCase ? value.toLowerCase() : value) === wanted;
  }
  const expression = toRegExp(pattern, ignoreCase ? 'i' : '');
  return (value) => expression.test(value);
};

const splitArn = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return parts.length <= ARN_SEGMENTS
    ? parts
    : [...parts.slice(0, ARN_SEGMENTS - 1), parts.slice(ARN_SEGMENTS - 1).join(':')];
};

/** Matches an ARN segment by segment, because a wildcard never reaches over one of the first five colons. */
export const arnMatcher = (pattern: string): Matcher => {
  if (pattern === '*') {
    return () => true;
  }
  if (!hasWildcard(pattern)) {
    return (value) => value === pattern;
  }
  const segments = splitArn(pattern).map((segment) => stringMatcher(segment));
  return (value) => {
    const parts = splitArn(value);
    return parts.length === segments.length && segments.every((matches, index) => matches(parts[index] ?? ''));
  };
};
