/** For how long contacts may be gathered: SQS holds the message that ends it back for 900 s at most. */
export const batchSecondsMax = 840;

/**
 * How long after its stretch a batch is still left alone, in milliseconds: whoever has found the stretch open has written by
 * then, because the function that takes triggers is ended after half of it.
 */
export const batchRestMs = 20_000;
