import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';

/** Makes an entry of EventBridge Scheduler, or replaces the one of its name. */
export async function putEntry(client: SchedulerClient, entry: CreateScheduleCommandInput): Promise<void> {
  try {
    await client.send(new CreateScheduleCommand(entry));
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
    await client.send(new UpdateScheduleCommand(entry));
  }
}

/** One that is not there (any more) is fine. */
export async function deleteEntry(client: SchedulerClient, groupName: string, name: string): Promise<void> {
  try {
    await client.send(new DeleteScheduleCommand({ Name: name, GroupName: groupName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
