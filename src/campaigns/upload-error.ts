/** The file as a whole cannot be taken; the message is one sentence for the person who handed it in. */
export class UploadFileError extends Error {
  override readonly name = 'UploadFileError';
  readonly code = 'upload-file-unreadable';
}
