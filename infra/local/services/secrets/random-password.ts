import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../shared/aws-error.ts';

const CLASSES = {
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  numbers: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;

export const RandomPasswordSchema = z.object({
  PasswordLength: z._default(z.int().min(1).max(4096), 32),
  ExcludeCharacters: z._default(z.string().max(4096), ''),
  ExcludeNumbers: z._default(z.boolean(), false),
  ExcludePunctuation: z._default(z.boolean(), false),
  ExcludeUppercase: z._default(z.boolean(), false),
  ExcludeLowercase: z._default(z.boolean(), false),
  IncludeSpace: z._default(z.boolean(), false),
  RequireEachIncludedType: z._default(z.boolean(), true),
});

const pick = (characters: string): string => characters.charAt(randomInt(characters.length));

const shuffle = (characters: readonly string[]): readonly string[] => {
  const shuffled = [...characters];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other] ?? '', shuffled[index] ?? ''];
  }
  return shuffled;
};

/**
 * A random password by the options of GetRandomPassword.
 *
 * @throws AwsError InvalidParameterException when no character, or no room for each class, is left.
 */
export const randomPassword = (options: z.infer<typeof RandomPasswordSchema>): string => {
  const classes = [
    options.ExcludeUppercase ? '' : CLASSES.uppercase,
    options.ExcludeLowercase ? '' : CLASSES.lowercase,
    options.ExcludeNumbers ? '' : CLASSES.numbers,
    options.ExcludePunctuation ? '' : CLASSES.punctuation,
    options.IncludeSpace ? ' ' : '',
  ]
    .map((characters) =>
      Array.from(characters)
        .filter((character) => !options.ExcludeCharacters.includes(character))
        .join(''),
    )
    .filter((characters) => characters !== '');
  const required = options.RequireEachIncludedType ? classes.map(pick) : [];
  if (classes.length === 0 || required.length > options.PasswordLength) {
    throw new AwsError(
      'InvalidParameterException',
      `PasswordLength ${options.PasswordLength} is too short for the ${classes.length} classes of characters that must be in it.`,
    );
  }
  const all = classes.join('');
  const rest = Array.from({ length: options.PasswordLength - required.length }, () => pick(all));
  return shuffle([...required, ...rest]).join('');
};
