//! Brightness for the eye: black and white by percentiles, so that neither a hot pixel nor an empty border decides, and
//! asinh between them, so that faint and bright things are both seen.

/// Pixels that are looked at to find black and white.
const SAMPLE: usize = 100_000;
const BLACK: f64 = 0.01;
const WHITE: f64 = 0.997;
/// Of the range from black to white: linear below, logarithmic above.
const SOFTENING: f64 = 0.1;

/// Grey levels; pixels without a value are black.
pub fn grey(pixels: &[f32]) -> Vec<u8> {
    let (black, white) = limits(pixels);
    let top = (1.0 / SOFTENING).asinh();
    let level = |&value: &f32| {
        let place = ((f64::from(value) - black) / (white - black)).clamp(0.0, 1.0);
        // NaN becomes 0.
        (255.0 * (place / SOFTENING).asinh() / top).round() as u8
    };
    pixels.iter().map(level).collect()
}

fn limits(pixels: &[f32]) -> (f64, f64) {
    let step = pixels.len().div_ceil(SAMPLE).max(1);
    let mut sample: Vec<f32> =
        pixels.iter().copied().step_by(step).filter(|value| value.is_finite()).collect();
    sample.sort_unstable_by(f32::total_cmp);
    let Some(last) = sample.len().checked_sub(1) else {
        return (0.0, 1.0);
    };
    let at = |fraction: f64| f64::from(sample[(fraction * last as f64).round() as usize]);
    let (black, white) = (at(BLACK), at(WHITE));
    if white > black {
        (black, white)
    } else if at(1.0) > at(0.0) {
        (at(0.0), at(1.0))
    } else {
        (black - 0.5, black + 0.5)
    }
}
