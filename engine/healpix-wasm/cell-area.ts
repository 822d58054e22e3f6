/** Square degrees of a HEALPix cell of an order. */
export function cellArea(order: number): number {
  return 129_600 / Math.PI / (12 * 4 ** order);
}
