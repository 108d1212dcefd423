/** Every code that a log line may carry: one place to look up what to search and alarm for. */
export const logCodes = {
  requestRefused: 'HTTP_REQUEST_REFUSED',
  requestFailed: 'HTTP_REQUEST_FAILED',
  callAccepted: 'REQUEST_CALL_COMPLETED',
  callTimed: 'TIME_CALL_COMPLETED',
  callTimingFailed: 'TIME_CALL_FAILED',
  callDispatchFailed: 'DISPATCH_CALL_FAILED',
  callDispatched: 'DISPATCH_CALL_COMPLETED',
  callReconciled: 'RECONCILE_CALL_COMPLETED',
  callsSwept: 'RECONCILE_CALLS_COMPLETED',
  callChanged: 'CHANGE_CALL_COMPLETED',
  numberSuppressed: 'SUPPRESS_NUMBER_COMPLETED',
  suppressionRemoved: 'REMOVE_SUPPRESSION_COMPLETED',
  suppressionAnnounced: 'ANNOUNCE_SUPPRESSION_COMPLETED',
  suppressionPropagated: 'PROPAGATE_SUPPRESSION_COMPLETED',
  callsBanned: 'BAN_CALLS_COMPLETED',
  banLifted: 'LIFT_BAN_COMPLETED',
  webexExchanged: 'WEBEX_EXCHANGED',
  freshTokenRefused: 'WEBEX_FRESH_TOKEN_REFUSED',
  tokenRotated: 'ROTATE_TOKEN_COMPLETED',
  rotationFailed: 'ROTATE_TOKEN_FAILED',
  listsUnreadable: 'SUPPRESSION_LIST_UNREADABLE',
  registryImported: 'IMPORT_REGISTRY_COMPLETED',
  registryImportRefused: 'IMPORT_REGISTRY_REFUSED',
} as const;

export type LogCode = (typeof logCodes)[keyof typeof logCodes];
