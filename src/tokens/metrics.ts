/** The metrics of the tokens bear this service, whichever function counts them: the rotation or a sign-in. */
export const tokenMetricsService = 'webex-token';

/** An administrator is reminded of a refresh token that has fewer days left than this. */
export const refreshTokenDaysMin = 14;
