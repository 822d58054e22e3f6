//! The sine as a short series. The mathematics library's is exact to the last bit but a call per value; this one is
//! inlined, has no branch, and the compiler turns it into SIMD, in wasm as natively.

use std::f64::consts::{FRAC_1_PI, PI};

/// Adding and taking away 1.5 · 2⁵² rounds a number below 2⁵¹ to an integer, in one SIMD step each on every machine.
pub const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// sin x for |x| ≤ π/2 by its Taylor series: the first term left out, x²³/23!, is below 2e-18.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    series::<10>(x)
}

/// sin x for |x| ≤ π/4: the first term left out, x¹⁹/19!, is below 1e-19.
#[inline(always)]
pub fn sin_of_eighth_turn(x: f64) -> f64 {
    series::<8>(x)
}

/// x and the next `N` terms, the smallest first.
#[inline(always)]
fn series<const N: usize>(x: f64) -> f64 {
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
    let square = x * x;
    let tail = INVERSE_FACTORIALS[..N].iter().rev().fold(0.0, |sum, term| (sum + term) * square);
    x + x * tail
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
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn the_series_are_sines() {
        for i in -10_000..=10_000 {
            let x = f64::from(i) * 1e-4 * PI / 2.0;
            assert!((sin(x) - x.sin()).abs() < 3e-16, "sin {x}");
            assert!((sin_of_eighth_turn(x / 2.0) - (x / 2.0).sin()).abs() < 2e-16, "sin {}", x / 2.0);
            let reduced = within_half_turn(4.0 * x);
            assert!(reduced.abs() < FRAC_PI_2 + 1e-15);
            assert!((reduced.sin().abs() - (4.0 * x).sin().abs()).abs() < 2e-15);
        }
    }
}
