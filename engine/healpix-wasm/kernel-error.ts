/** Thrown for input the kernel cannot answer, and when the kernel itself fails. The message is fit for a log. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}
