/**
 * The organization that an access token names in its last part (`<secret>_<cluster>_<organization>`), or undefined where it
 * has another form: Webex's samples split it so, and no document promises it.
 */
export function organizationOf(accessToken: string): string | undefined {
  const last = accessToken.split('_').at(-1) ?? '';
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(last) ? last.toLowerCase() : undefined;
}
