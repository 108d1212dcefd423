import { describe, expect, it } from 'vitest';
import { SubmissionKey } from '../../../web/element/submission-key.ts';

describe('SubmissionKey', () => {
  it('keeps the key while the answers are the same', () => {
    const submission = new SubmissionKey();
    expect(submission.keyFor('{"phone":"1"}')).toBe(submission.keyFor('{"phone":"1"}'));
  });

  it('changes the key with the answers', () => {
    const submission = new SubmissionKey();
    expect(submission.keyFor('{"phone":"1"}')).not.toBe(submission.keyFor('{"phone":"2"}'));
  });

  it('changes the key after an answer that ended the submission', () => {
    const submission = new SubmissionKey();
    const first = submission.keyFor('{"phone":"1"}');
    submission.forget();
    expect(submission.keyFor('{"phone":"1"}')).not.toBe(first);
  });

  it('is as long as the API wants it', () => {
    expect(new SubmissionKey().keyFor('')).toMatch(/^[0-9a-f]{32}$/);
  });
});
