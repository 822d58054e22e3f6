//! Sines and arc sines as short polynomials, and the other numbers of the loops that the compiler turns into SIMD.
//!
//! A mathematics library's are a call per value, and not the same natively as in wasm. These are inlined, have no
//! branch, and every step is one that IEEE 754 rounds correctly: their bits are the same on every machine.

use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

use crate::hash::{SIDE, TURNS};
use crate::ORDER;

/// Adding and taking away 1.5 · 2⁵² rounds a number below 2⁵¹ to an integer, in one SIMD step each on every machine.
pub const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The numbers of loops. Polynomials are of least error (Chebyshev), lowest terms first.
#[derive(Clone, Copy)]
pub struct Numbers {
    /// (sin x − x)/x³ by x², |x| ≤ π/2: the sine is within 2e-18.
    sine: [f64; 8],
    /// The same for |x| ≤ π/4: within 1e-17.
    sine_of_eighth_turn: [f64; 6],
    /// (asin s − s)/s³ by s², |s| ≤ 1/2: the arc sine is within 6e-17 s.
    arc_sine: [f64; 12],
    pub third: f64,
    pub two_thirds: f64,
    pub quarter: f64,
    pub half: f64,
    pub one: f64,
    pub two: f64,
    pub eighth: f64,
    pub eight: f64,
    pub eighth_pi: f64,
    pub half_pi: f64,
    pub per_turn: f64,
    pub turn: f64,
    pub half_degree: f64,
    pub degree: f64,
    pub per_degree: f64,
    pub rounder: f64,
    pub per_eighth: f64,
    pub right_angle: f64,
    pub three_halves: f64,
    pub root_of_six: f64,
    /// Half of [`SIDE`].
    pub half_side: f64,
    /// Bits of the rounder, less the turns that keep coordinates positive ([`TURNS`]).
    pub rounder_less_turns: u64,
    /// Every second bit, pair, four, … of bits.
    pub masks: [u64; 5],
}

impl Numbers {
    /// To be made before a loop. The compiler must not see the numbers: V8 builds a constant anew wherever it is
    /// used, and that takes longer than the arithmetic.
    #[inline(always)]
    pub fn load() -> Numbers {
        std::hint::black_box(Numbers {
            sine: [
                -0.166_666_666_666_666_666_33,
                0.008_333_333_333_333_315_868_8,
                -0.000_198_412_698_412_549_737_69,
                2.755_731_921_916_323_341_6e-6,
                -2.505_210_761_699_618_289_1e-8,
                1.605_897_731_246_408_762_1e-10,
                -7.643_970_296_798_572_052_4e-13,
                2.731_444_766_986_399_342_4e-15,
            ],
            sine_of_eighth_turn: [
                -0.166_666_666_666_666_646_24,
                0.008_333_333_333_330_948_485_5,
                -0.000_198_412_698_367_585_743_23,
                2.755_731_610_255_244_011_9e-6,
                -2.505_113_184_500_362_441_7e-8,
                1.591_812_929_486_660_866_7e-10,
            ],
            arc_sine: [
                0.166_666_666_666_666_486_28,
                0.075_000_000_000_207_643_609,
                0.044_642_857_103_423_643_363,
                0.030_381_947_367_098_481_126,
                0.022_372_047_631_744_510_379,
                0.017_355_259_955_786_321_748,
                0.013_929_652_902_326_633_248,
                0.011_875_494_382_636_923_2,
                0.007_802_949_477_353_317_143_6,
                0.016_035_514_349_148_823_079,
                -0.010_749_050_339_697_807_562,
                0.028_169_218_060_881_412_899,
            ],
            third: 1.0 / 3.0,
            two_thirds: 2.0 / 3.0,
            quarter: 0.25,
            half: 0.5,
            one: 1.0,
            two: 2.0,
            eighth: 0.125,
            eight: 8.0,
            eighth_pi: PI / 8.0,
            half_pi: FRAC_PI_2,
            per_turn: 1.0 / 360.0,
            turn: 360.0,
            half_degree: PI / 360.0,
            degree: PI / 180.0,
            per_degree: 180.0 / PI,
            rounder: ROUNDER,
            per_eighth: 1.0 / 45.0,
            right_angle: 90.0,
            three_halves: 1.5,
            root_of_six: SQRT_2 * 1.732_050_807_568_877_2,
            half_side: 0.5 * SIDE,
            rounder_less_turns: ROUNDER.to_bits() - (TURNS << ORDER),
            masks: [
                0x3333_3333_3333_3333,
                0x0F0F_0F0F_0F0F_0F0F,
                0x00FF_00FF_00FF_00FF,
                0x0000_FFFF_0000_FFFF,
                0x5555_5555_5555_5555,
            ],
        })
    }

    /// sin x for |x| ≤ π/2.
    #[inline(always)]
    pub fn sin(&self, x: f64) -> f64 {
        odd(&self.sine, x, x * x)
    }

    /// sin x for |x| ≤ π/4.
    #[inline(always)]
    pub fn sin_of_eighth_turn(&self, x: f64) -> f64 {
        odd(&self.sine_of_eighth_turn, x, x * x)
    }

    /// Sine and cosine of an angle of at most a right one either way.
    pub fn sin_cos(&self, x: f64) -> (f64, f64) {
        (self.sin(x), self.sin(FRAC_PI_2 - x.abs()))
    }

    /// asin √h for h in [0, 1]; beyond 1/2 by asin s = π/2 − 2 asin √((1 − s)/2).
    #[inline(always)]
    pub fn arc_sine_of_root(&self, h: f64) -> f64 {
        let large = h > self.quarter;
        let rest = self.half - self.half * h.sqrt();
        let square = if large { rest } else { h };
        let arc = odd(&self.arc_sine, square.sqrt(), square);
        let beyond = self.half_pi - self.two * arc;
        if large {
            beyond
        } else {
            arc
        }
    }

    /// Degrees less the nearest multiple of a turn, without rounding.
    #[inline(always)]
    pub fn within_half_turn(&self, degrees: f64) -> f64 {
        let turns = (degrees * self.per_turn + self.rounder) - self.rounder;
        degrees - turns * self.turn
    }
}

/// x + x³ p(x²), with even and odd terms of p apart: two sums that the processor makes side by side.
#[inline(always)]
fn odd<const N: usize>(terms: &[f64; N], x: f64, square: f64) -> f64 {
    let fourth = square * square;
    let (mut even, mut odd) = (terms[N - 2], terms[N - 1]);
    let mut n = N - 2;
    while n > 0 {
        n -= 2;
        even = even * fourth + terms[n];
        odd = odd * fourth + terms[n + 1];
    }
    x + x * square * (even + odd * square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polynomials_are_sines() {
        let numbers = Numbers::load();
        for i in -100_000..=100_000 {
            let x = f64::from(i) * 1e-5 * FRAC_PI_2;
            assert!((numbers.sin(x) - x.sin()).abs() <= 2.3e-16 * x.abs().min(1.0), "sin {x}");
            assert!((numbers.sin_cos(x).1 - x.cos()).abs() < 3e-16, "cos {x}");
            let eighth = x / 2.0;
            assert!(
                (numbers.sin_of_eighth_turn(eighth) - eighth.sin()).abs() <= 2.3e-16 * eighth.abs(),
                "{eighth}"
            );
        }
    }

    #[test]
    fn the_polynomial_is_an_arc_sine() {
        let numbers = Numbers::load();
        for i in 0..=200_000 {
            let s = f64::from(i) / 200_000.0;
            for h in [s, s * s, s * 1e-10, s * 1e-30] {
                let (found, exact) = (numbers.arc_sine_of_root(h), h.sqrt().asin());
                let tolerance = if h <= 0.25 { 4.5e-16 * exact } else { 7e-16 };
                assert!((found - exact).abs() <= tolerance, "asin √{h}: {found} is not {exact}");
            }
        }
        assert_eq!((numbers.arc_sine_of_root(0.0), numbers.arc_sine_of_root(1.0)), (0.0, FRAC_PI_2));
    }

    #[test]
    fn turns_are_taken_off_exactly() {
        let numbers = Numbers::load();
        for turns in [-2.0, -1.0, 0.0, 1.0, 2.0] {
            for degrees in [-179.5, -1e-3, 0.0, 0.125, 77.0, 180.0] {
                let found = numbers.within_half_turn(turns * 360.0 + degrees).abs();
                assert!((found - f64::abs(degrees)).abs() < 1e-13, "{turns} turns and {degrees}: {found}");
            }
        }
        assert_eq!(numbers.within_half_turn(359.999_999), 359.999_999 - 360.0);
    }
}
