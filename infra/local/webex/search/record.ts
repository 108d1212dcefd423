import type { SimulatorSettings } from '../settings.ts';
import type { TaskRecord } from '../store/task-store.ts';
import { phaseAt, terminationOf } from '../tasks/life.ts';
import type { SearchRecord } from './filter.ts';

/**
 * The task as Search shows it at `atMs`.
 * Which field holds the number that was called is not documented, so the settings say in which it is.
 */
export function toSearchRecord(
  task: TaskRecord,
  variables: Readonly<Record<string, string>>,
  settings: SimulatorSettings,
  atMs: number,
): SearchRecord {
  const { plan } = task;
  const phase = phaseAt(plan, atMs);
  const connectedAtMs = plan.connectAtMs !== null && plan.connectAtMs <= atMs ? plan.connectAtMs : null;
  const endedAtMs = phase === 'ended' ? plan.endAtMs : null;
  const agent = connectedAtMs === null ? undefined : settings.agents[0];
  const queue = settings.queues[0];
  const isCallback = task.outboundType === 'CALLBACK' || task.outboundType === 'SCHEDULED_CALLBACK';
  const numberIn = (field: SimulatorSettings['customerNumberFields'][number], otherwise: string | null) =>
    settings.customerNumberFields.includes(field) ? task.number : otherwise;
  return {
    id: task.id,
    status: phase,
    isActive: phase !== 'ended',
    channelType: 'telephony',
    createdTime: task.createdAtMs,
    endedTime: endedAtMs,
    lastActivityTime: endedAtMs ?? connectedAtMs ?? task.createdAtMs,
    direction: 'outbound',
    origin: numberIn('origin', task.origin),
    destination: numberIn('destination', task.origin),
    isCallback,
    isOutdial: task.outboundType === 'OUTDIAL',
    outdialType: task.outboundType,
    isCampaign: false,
    customer: { phoneNumber: numberIn('customer', null), name: null, email: null },
    callbackData: isCallback
      ? callbackData(numberIn('callbackData', null), task.createdAtMs, connectedAtMs, phase === 'ended')
      : null,
    lastEntryPoint: {
      id: task.entryPointId,
      name: settings.entryPoints.find(({ id }) => id === task.entryPointId)?.name ?? null,
    },
    lastQueue: queue ? { id: queue.id, name: queue.name } : null,
    lastAgent: agent ? { id: agent.id, name: agent.name, signInId: agent.login, sessionId: agent.id } : null,
    globalVariables: variables,
    ...(phase === 'ended' && plan.outcome !== null ? terminationOf(plan.outcome) : {}),
  };
}

/** callbackStatus is "either success or not processed" (data dictionary of task records). */
const callbackData = (number: string | null, requestedAtMs: number, connectedAtMs: number | null, ended: boolean) => ({
  callbackNumber: number,
  callbackStatus: connectedAtMs !== null ? 'Success' : ended ? 'Not Processed' : null,
  callbackOrigin: 'web',
  callbackType: 'Web UI',
  callbackRequestTime: requestedAtMs,
  callbackConnectTime: connectedAtMs,
  callbackRetryCount: 0,
});
