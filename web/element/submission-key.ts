/**
 * One Idempotency-Key a submission: the same answers sent again keep it, so that a retry or a double click makes one
 * call; other answers are another request.
 */
export class SubmissionKey {
  #text: string | undefined;
  #key = '';

  keyFor(text: string): string {
    if (text !== this.#text) {
      this.#text = text;
      this.#key = newKey();
    }
    return this.#key;
  }

  /** After an answer that ends the submission, the same answers are a new wish. */
  forget(): void {
    this.#text = undefined;
  }
}

/** 128 random bits in hex; `crypto.randomUUID` is missing on sites without TLS. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
