/** How a line's day is cut into bookable times. */
export interface SlotSettings {
  /** Length of a slot; at least 15, so that Webex has time to find somebody. */
  readonly minutes: number;
  /** Calls that one slot takes. */
  readonly capacity: number;
  /** How many days ahead can be booked, today included; at most 31. */
  readonly daysAhead: number;
  /** A slot can be booked until this long before it begins. */
  readonly leadMinutes: number;
}
