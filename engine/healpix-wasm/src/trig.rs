//! The sine as a short series. The mathematics library's is exact to the last bit but a call per value; this one is
//! inlined, has no branch, and the compiler turns it into SIMD, in wasm as natively.

use std::f64::consts::{FRAC_1_PI, FRAC_PI_2, PI};

/// Adding and taking away 1.5 · 2⁵² rounds a number below 2⁵¹ to an integer, in one SIMD step each on every machine.
pub const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The coefficients of the sine's Taylor series, but the first.
#[derive(Clone, Copy)]
pub struct SineSeries([f64; 10]);

impl SineSeries {
    /// To be made before a loop. The compiler must not see the numbers: V8 builds a constant anew wherever it is
    /// used, and that takes longer than the arithmetic.
    #[inline(always)]
    pub fn load() -> SineSeries {
        const INVERSE_FACTORIALS: [f64; 10] = {
            let mut terms = [0.0; 10];
            let mut factorial = 1.0;
            let mut k = 0;
            while k < 10 {
                let n = (2 * k + 2) as f64;
                factorial *= -n * (n + 1.0);
                terms[k] = 1.0 / factorial;
                k += 1;
            }
            terms
        };
        SineSeries(std::hint::black_box(INVERSE_FACTORIALS))
    }

    /// sin x for |x| ≤ π/2: the first term left out, x²³/23!, is below 2e-18.
    #[inline(always)]
    pub fn sin(&self, x: f64) -> f64 {
        self.sum::<10>(x)
    }

    /// sin x for |x| ≤ π/4: the first term left out, x¹⁹/19!, is below 1e-19.
    #[inline(always)]
    pub fn sin_of_eighth_turn(&self, x: f64) -> f64 {
        self.sum::<8>(x)
    }

    /// Sine and cosine of an angle of at most a right one either way.
    pub fn sin_cos(&self, x: f64) -> (f64, f64) {
        (self.sin(x), self.sin(FRAC_PI_2 - x.abs()))
    }

    /// Even and odd terms apart: two sums that the processor makes side by side.
    #[inline(always)]
    fn sum<const N: usize>(&self, x: f64) -> f64 {
        let square = x * x;
        let fourth = square * square;
        let (mut even, mut odd) = (self.0[N - 2], self.0[N - 1]);
        let mut n = N - 2;
        while n > 0 {
            n -= 2;
            even = even * fourth + self.0[n];
            odd = odd * fourth + self.0[n + 1];
        }
        x + x * square * (even + odd * square)
    }
}

/// The angle less the nearest multiple of π: its sine is the same, but for the sign.
#[inline(always)]
pub fn within_half_turn(angle: f64) -> f64 {
    let turns = (angle * FRAC_1_PI + ROUNDER) - ROUNDER;
    angle - turns * PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_are_sines() {
        let series = SineSeries::load();
        for i in -10_000..=10_000 {
            let x = f64::from(i) * 1e-4 * PI / 2.0;
            assert!((series.sin(x) - x.sin()).abs() < 3e-16, "sin {x}");
            assert!((series.sin_of_eighth_turn(x / 2.0) - (x / 2.0).sin()).abs() < 2e-16, "sin {}", x / 2.0);
            assert!((series.sin_cos(x).1 - x.cos()).abs() < 3e-16, "cos {x}");
            let reduced = within_half_turn(4.0 * x);
            assert!(reduced.abs() < FRAC_PI_2 + 1e-15);
            assert!((reduced.sin().abs() - (4.0 * x).sin().abs()).abs() < 2e-15);
        }
    }
}
