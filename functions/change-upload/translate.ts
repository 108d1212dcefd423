import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import type { ControlFailure } from '../../src/campaigns/control-upload.ts';

export function toProblem(failure: ControlFailure, action: string): ProblemError {
  switch (failure.code) {
    case 'upload-not-found':
      return new ProblemError('not-found');
    case 'upload-status':
      return new ProblemError('upload-status', {
        detail: `The upload is ${failure.status}, so ${action} is too late or too early.`,
      });
    case 'upload-busy':
      return new ProblemError('upload-status', {
        detail: 'What was on its way when the upload was paused has no answer yet: ask again in a minute.',
      });
    case 'list-not-expired':
      return new ProblemError('webex-unavailable', {
        detail: `Nothing more is sent, but the list in Webex is not set to expired yet: ${failure.words}`,
      });
  }
}
