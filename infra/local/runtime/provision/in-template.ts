import { ScheduleExpressionError } from '../../../../src/shared/schedule/cron.ts';
import { AwsError } from '../../services/shared/aws-error.ts';
import { TemplateError } from '../../template/errors.ts';

/** Names the resource of the template that a service refused. */
export const inTemplate = <T>(path: string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof AwsError || error instanceof ScheduleExpressionError || error instanceof RangeError) {
      throw new TemplateError(`${path}: ${error.message}`, { cause: error });
    }
    throw error;
  }
};
