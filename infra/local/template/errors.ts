/** The template says something that the local host cannot run; the message is a sentence for the person who wrote it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
