/** A point of the map: x in [−2, 2], y in [−1, 1], y downwards as in SVG. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Mollweide's equal-area projection of the sky as seen from inside: longitude grows to the left from the map's middle.
 * @param lon degrees from the middle meridian; beyond ±180 the point lies outside the outline.
 * @param lat degrees.
 */
export function mollweide(lon: number, lat: number): Point {
  const target = Math.PI * Math.sin((lat * Math.PI) / 180);
  // Newton's method on 2θ + sin 2θ = π sin φ; at the poles, where the derivative is 0, the start is the answer.
  let theta = (lat * Math.PI) / 180;
  for (let step = 0; step < 30 && Math.abs(lat) < 89.999; step++) {
    const change = (2 * theta + Math.sin(2 * theta) - target) / (2 + 2 * Math.cos(2 * theta));
    theta -= change;
    if (Math.abs(change) < 1e-9) break;
  }
  return { x: (-lon / 90) * Math.cos(theta), y: -Math.sin(theta) };
}
