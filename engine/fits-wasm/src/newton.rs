//! The inverse of a map of the plane that is near to the identity, as distortions are.

const ITERATIONS: usize = 40;

/// Where `map` takes the value `target`, found from `target` on; `unit` is a length over which the map is smooth.
/// None where the search does not come to rest.
pub fn inverse(map: impl Fn(f64, f64) -> (f64, f64), target: (f64, f64), unit: f64) -> Option<(f64, f64)> {
    let (mut x, mut y) = target;
    let step = 1e-3 * unit;
    for _ in 0..ITERATIONS {
        let at = map(x, y);
        let (dx, dy) = (at.0 - target.0, at.1 - target.1);
        let (right, above) = (map(x + step, y), map(x, y + step));
        let (a, b) = ((right.0 - at.0) / step, (above.0 - at.0) / step);
        let (c, d) = ((right.1 - at.1) / step, (above.1 - at.1) / step);
        let determinant = a * d - b * c;
        let (move_x, move_y) = ((d * dx - b * dy) / determinant, (a * dy - c * dx) / determinant);
        x -= move_x;
        y -= move_y;
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        // Beyond that, rounding keeps it moving.
        if move_x.abs().max(move_y.abs()) < 1e-9 * unit + 1e-13 * x.abs().max(y.abs()) {
            return Some((x, y));
        }
    }
    None
}
