import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderPolicyPage } from '../../../infra/cli/render-policy.ts';

describe('docs/policy.md', () => {
  const page = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

  it('has the rule table of the data', () => {
    expect(renderPolicyPage(page)).toBe(page);
  });

  it('says that it is not legal advice', () => {
    expect(page).toContain('Not legal advice');
  });

  it('is not written without its marks', () => {
    expect(() => renderPolicyPage('# A page')).toThrow('has lost the marks');
  });
});
