import type { Scheduler } from '../../services/scheduler.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import { inTemplate } from './in-template.ts';

/** Makes the schedule groups and schedules of the template. @throws {TemplateError} for one that Scheduler would refuse. */
export const provisionSchedules = (model: TemplateModel, scheduler: Scheduler): void => {
  for (const group of model.of('AWS::Scheduler::ScheduleGroup')) scheduler.ensureGroup(group.ref);
  for (const schedule of model.of('AWS::Scheduler::Schedule')) {
    inTemplate(schedule.path, () => scheduler.ensureSchedule(schedule.ref, definitionOf(schedule)));
  }
};

/** The body of CreateSchedule; times are text in a template and seconds in a request. */
const definitionOf = ({ properties }: Resource<'AWS::Scheduler::Schedule'>): Record<string, unknown> => {
  const { Name: _name, StartDate, EndDate, Description: _description, KmsKeyArn: _key, ...definition } = properties;
  const seconds = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Date.parse(text) / 1000;
  const whole = { ...definition, StartDate: seconds(StartDate), EndDate: seconds(EndDate) };
  return JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
};
