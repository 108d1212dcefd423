import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  RandomPasswordSchema,
  randomPassword,
} from '../../../../../../infra/local/services/secrets/random-password.ts';

describe('randomPassword', () => {
  it('has the length that was asked for, each class, and nothing that is excluded', () => {
    const options = fc.record({
      PasswordLength: fc.integer({ min: 5, max: 60 }),
      ExcludeCharacters: fc.string({ maxLength: 5 }),
      ExcludePunctuation: fc.boolean(),
      ExcludeNumbers: fc.boolean(),
      IncludeSpace: fc.boolean(),
    });
    fc.assert(
      fc.property(options, (wanted) => {
        const password = randomPassword(RandomPasswordSchema.parse(wanted));

        expect(password).toHaveLength(wanted.PasswordLength);
        expect(Array.from(password).some((character) => wanted.ExcludeCharacters.includes(character))).toBe(false);
        expect(password).toMatch(/[A-Z]/);
        expect(password).toMatch(/[a-z]/);
        expect(/\d/.test(password)).toBe(!wanted.ExcludeNumbers);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses when no character is left', () => {
    const options = RandomPasswordSchema.parse({
      ExcludeNumbers: true,
      ExcludePunctuation: true,
      ExcludeUppercase: true,
      ExcludeLowercase: true,
    });

    expect(() => randomPassword(options)).toThrow(/PasswordLength/);
  });

  it('refuses a length without room for each class', () => {
    const options = RandomPasswordSchema.parse({ PasswordLength: 3 });

    expect(() => randomPassword(options)).toThrow(/PasswordLength 3/);
  });
});
