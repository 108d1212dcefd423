/** Markup that is safe to send: every text in it was escaped when it was put there. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

/** A template whose values are escaped, for text and for attributes in double quotes. Nothing escapes this but `Html`. */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlPart[]): Html =>
  new Html(parts.map((part, index) => part + render(values[index])).join(''));

function render(value: HtmlPart): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return escape(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
