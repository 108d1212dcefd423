import * as z from 'zod';

const PhoneNumber = z.string().regex(/^\+[1-9]\d{1,14}$/, 'must be an E.164 number such as +14155550132');

/** How a task may go. `failed` is accepted with 201 and then never comes to be, as Webex tells by `task:failed`. */
export const OutcomeSchema = z.enum(['connected', 'unanswered', 'busy', 'abandoned', 'failed']);
export type Outcome = z.output<typeof OutcomeSchema>;

const TaskSettings = z.strictObject({
  /** Tasks move on by themselves; without it only `PUT /_tasks/{id}` moves them. */
  automatic: z.boolean().default(true),
  outcome: OutcomeSchema.default('connected'),
  outcomes: z
    .array(z.strictObject({ number: PhoneNumber, outcome: OutcomeSchema }))
    .max(10_000)
    .default([]),
  connectAfterMs: z.int().min(0).max(86_400_000).default(2_000),
  /** From the connection, or from the creation for a task that does not connect. */
  endAfterMs: z.int().min(0).max(86_400_000).default(5_000),
});

const EntryPoint = z.strictObject({
  id: z.string().min(1).max(36),
  type: z.enum(['inbound', 'outbound']),
  name: z.string().min(1).max(80).default('Entry point'),
});

const Queue = z.strictObject({
  id: z.string().min(1).max(36),
  name: z.string().min(1).max(80).default('Queue'),
  /** Null: too few samples, which Webex answers like an unknown queue. */
  estimatedWaitMs: z.number().min(0).nullable().default(null),
});

const Agent = z.strictObject({
  id: z.guid('must be a UUID'),
  name: z.string().min(1).max(80).default('Sam Field'),
  login: z.email('must be an e-mail address').default('sam@example.com'),
  teamId: z.string().min(1).max(36).default('team-1'),
  channelType: z.enum(['telephony', 'chat', 'email', 'social']).default('telephony'),
  state: z.enum(['available', 'idle', 'connected', 'wrapup', 'logged-out']).default('available'),
});

/** One field of a campaign's field mapping; the types are those that a value is checked against. */
const MappedField = z.strictObject({
  fieldName: z.string().min(1).max(100),
  type: z.enum(['String', 'Integer', 'Float', 'Date', 'DateTime', 'Boolean', 'Phone', 'Email']),
  required: z.boolean().default(false),
  /** What the field is for, where it identifies or reaches the contact. */
  role: z.enum(['phone', 'customerId', 'accountId']).optional(),
});

const Campaign = z.strictObject({
  id: z.string().min(1).max(100),
  fields: z.array(MappedField).min(1).max(200),
  /** Contacts show in the counts this long after they were accepted. */
  processAfterMs: z.int().min(0).max(3_600_000).default(2_000),
});

/** What the simulated organization looks like and how the simulator behaves; read and changed at `/_settings`. */
export const SettingsSchema = z.strictObject({
  region: z.enum(['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'sg1', 'in1']).default('us1'),
  requestsPerMinute: z.int().min(1).max(1_000_000).default(300),
  accessTokenLifetimeSeconds: z.int().min(1).max(31_536_000).default(1_209_600),
  refreshTokenLifetimeSeconds: z.int().min(1).max(31_536_000).default(7_776_000),
  authorizationCodeLifetimeSeconds: z.int().min(1).max(600).default(60),
  /** A refresh answers a new refresh token and the old one is dead. */
  rotateRefreshTokens: z.boolean().default(false),
  /** A refresh also ends the access tokens of the same sign-in. */
  revokeAccessTokensOnRefresh: z.boolean().default(false),
  /** Empty: any http or https address. */
  redirectUris: z.array(z.url()).max(100).default([]),
  /** The organization of the person who signs in, where it is another than the simulator's own. */
  signInOrganizationId: z.guid('must be a UUID').optional(),
  /** Empty: any id is taken. */
  entryPoints: z.array(EntryPoint).max(1_000).default([]),
  /** Empty: any number with the plus sign is taken. */
  outdialAnis: z.array(PhoneNumber).max(1_000).default([]),
  /** Whether the token's user is logged in to the desktop, without which OUTDIAL is refused. */
  desktopLoggedIn: z.boolean().default(false),
  /** Attributes with one of these names show in Search as String global variables. */
  globalVariables: z
    .array(z.string().regex(/^[a-zA-Z\d_]{1,80}$/))
    .max(100)
    .default(['ringback_attempt']),
  /** Search and GET tasks show the organization as it was so long ago. */
  searchLagSeconds: z.number().min(0).max(86_400).default(0),
  searchPageSize: z.int().min(1).max(1_000).default(250),
  /** Fields of a Search record that hold the number that was called; the reference does not say which do. */
  customerNumberFields: z
    .array(z.enum(['origin', 'destination', 'customer', 'callbackData']))
    .min(1)
    .default(['destination', 'customer', 'callbackData']),
  tasks: TaskSettings.prefault({}),
  dncLists: z
    .array(z.string().regex(/^[a-zA-Z0-9_-]{1,100}$/))
    .max(100)
    .default(['ringback-dnc']),
  queues: z.array(Queue).max(1_000).default([]),
  agents: z.array(Agent).max(1_000).default([]),
  /** Whether the organization has a default callback entry point and ANI. */
  scheduledCallbacksConfigured: z.boolean().default(true),
  campaigns: z.array(Campaign).max(100).default([]),
});

export type SimulatorSettings = z.output<typeof SettingsSchema>;
export type SimulatorSettingsInput = z.input<typeof SettingsSchema>;
export type Campaign = SimulatorSettings['campaigns'][number];

/** Regions where the DNC operations do not exist (developer.webex.com): Australia, Singapore, India. */
export const REGIONS_WITHOUT_DNC: readonly SimulatorSettings['region'][] = ['anz1', 'sg1', 'in1'];
