import type { StatefulStack } from '../stacks/stateful-stack.ts';
import type { RingbackFunction } from './ringback-function.ts';

/** What functions may do with the tables, one method a need; each gives exactly the actions that its use makes. */
export class LedgerGrants {
  readonly #stateful: StatefulStack;

  constructor(stateful: StatefulStack) {
    this.#stateful = stateful;
  }

  /** Environment that every function with access to the tables reads. */
  get environment(): Record<string, string> {
    const { calls, suppressions, counters } = this.#stateful;
    return {
      CALLS_TABLE: calls.tableName,
      SUPPRESSIONS_TABLE: suppressions.tableName,
      COUNTERS_TABLE: counters.tableName,
    };
  }

  readCall(to: RingbackFunction): void {
    to.grant({ sid: 'ReadCall', actions: ['dynamodb:GetItem'], resources: [this.#stateful.calls.tableArn] });
  }

  readRecord(to: RingbackFunction): void {
    const { tableArn } = this.#stateful.calls;
    to.grant({ sid: 'ReadRecord', actions: ['dynamodb:Query'], resources: [tableArn] });
    to.grant({ sid: 'FindByNumber', actions: ['dynamodb:Query'], resources: [`${tableArn}/index/byNumber`] });
  }

  findDue(to: RingbackFunction): void {
    to.grant({
      sid: 'FindDue',
      actions: ['dynamodb:Query'],
      resources: [`${this.#stateful.calls.tableArn}/index/byCheck`],
    });
  }

  readLocks(to: RingbackFunction): void {
    to.grant({ sid: 'ReadLocks', actions: ['dynamodb:BatchGetItem'], resources: [this.#stateful.calls.tableArn] });
  }

  acceptCall(to: RingbackFunction): void {
    to.grant({ sid: 'AcceptCall', actions: ['dynamodb:PutItem'], resources: [this.#stateful.calls.tableArn] });
  }

  /** Steps of an open call that may end it: the lock goes with the last one. */
  changeCall(to: RingbackFunction): void {
    to.grant({
      sid: 'ChangeCall',
      actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.#stateful.calls.tableArn],
    });
  }

  /** Steps that never end a call. */
  moveCall(to: RingbackFunction): void {
    to.grant({ sid: 'MoveCall', actions: ['dynamodb:PutItem'], resources: [this.#stateful.calls.tableArn] });
  }

  readFacts(to: RingbackFunction): void {
    to.grant({
      sid: 'ReadLists',
      actions: ['dynamodb:BatchGetItem'],
      resources: [this.#stateful.suppressions.tableArn],
    });
    to.grant({
      sid: 'ReadAttempts',
      actions: ['dynamodb:BatchGetItem'],
      resources: [this.#stateful.counters.tableArn],
    });
  }

  /** How full the slots of a line are. */
  readSlots(to: RingbackFunction): void {
    to.grant({
      sid: 'ReadSlots',
      actions: ['dynamodb:BatchGetItem'],
      resources: [this.#stateful.counters.tableArn],
    });
  }

  /**
   * Takes places in slots and gives them back. Functions that count attempts may do so by that grant.
   * @param rarelyUsedBecause where a test run may never see the function do so.
   */
  keepPlaces(to: RingbackFunction, rarelyUsedBecause?: string): void {
    to.grant({
      sid: 'KeepPlaces',
      actions: ['dynamodb:UpdateItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SLOT#*' } },
      ...(rarelyUsedBecause && { rarelyUsedBecause }),
    });
  }

  countAttempts(to: RingbackFunction): void {
    to.grant({ sid: 'CountAttempts', actions: ['dynamodb:UpdateItem'], resources: [this.#stateful.counters.tableArn] });
  }

  checkSuppressed(to: RingbackFunction): void {
    to.grant({
      sid: 'CheckSuppressed',
      actions: ['dynamodb:ConditionCheckItem'],
      resources: [this.#stateful.suppressions.tableArn],
    });
  }

  /** The items of numbers, which alone begin with a plus sign; the bans stand beside them. */
  keepSuppressions(to: RingbackFunction): void {
    to.grant({
      sid: 'KeepSuppressions',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.#stateful.suppressions.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': '+*' } },
    });
  }

  /** The one item of the request budget that all functions share. */
  useBudget(to: RingbackFunction, organizationId: string): void {
    to.grant({
      sid: 'UseRequestBudget',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': `BUDGET#${organizationId}` } },
    });
  }

  /** The estimated waits that all functions share, one item a queue. */
  cacheWaits(to: RingbackFunction): void {
    to.grant({
      sid: 'CacheWaits',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'WAIT#*' } },
    });
  }

  /** Sign-ins that are under way: each an item of its own that is taken once. */
  keepSignIns(to: RingbackFunction): void {
    to.grant({
      sid: 'KeepSignIns',
      actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SIGN_IN#*' } },
    });
  }

  readSuppression(to: RingbackFunction): void {
    to.grant({
      sid: 'ReadSuppression',
      actions: ['dynamodb:GetItem'],
      resources: [this.#stateful.suppressions.tableArn],
    });
  }

  /** The one item of the bans and their history, which stand beside the suppressions for the sake of one read. */
  changeBans(to: RingbackFunction): void {
    to.grant({
      sid: 'ChangeBans',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [this.#stateful.suppressions.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'BANS' } },
    });
  }

  /** Signed deliveries that repeated a request: each an item of its own. */
  markDeliveries(to: RingbackFunction): void {
    to.grant({
      sid: 'MarkDeliveries',
      actions: ['dynamodb:PutItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'DELIVERY#*' } },
    });
  }

  /** Destinations of events that told us to stop. */
  keepGoneDestinations(to: RingbackFunction): void {
    to.grant({
      sid: 'KeepGoneDestinations',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [this.#stateful.counters.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'DESTINATION#*' } },
    });
  }
}
