//! Floating-point pixels from quantised ones (FITS 4.0 §10.2), by the arithmetic of CFITSIO, to the last bit.

use std::sync::OnceLock;

const RANDOMS: usize = 10_000;
/// What SUBTRACTIVE_DITHER_2 stores for a pixel of exactly zero.
const ZERO: i32 = -2_147_483_646;

/// Park & Miller's sequence (FITS 4.0, appendix I).
fn randoms() -> &'static [f32] {
    static VALUES: OnceLock<Vec<f32>> = OnceLock::new();
    VALUES.get_or_init(|| {
        let (a, m) = (16807.0_f64, 2147483647.0_f64);
        let mut seed = 1.0_f64;
        let mut next = || {
            let product = a * seed;
            seed = product - m * (product / m).floor();
            (seed / m) as f32
        };
        (0..RANDOMS).map(|_| next()).collect()
    })
}

#[derive(Clone, Copy, PartialEq)]
pub enum Dither {
    None,
    Subtractive1,
    Subtractive2,
}

pub struct Quantization {
    pub dither: Dither,
    pub scale: f64,
    pub zero: f64,
    /// Number of the tile's row from 0 on, plus ZDITHER0.
    pub seed: u64,
    /// What stands for NaN.
    pub blank: Option<i32>,
}

impl Quantization {
    pub fn values<'a>(&'a self, pixels: &'a [i32]) -> impl Iterator<Item = f64> + 'a {
        let randoms = randoms();
        let start = |at: usize| (randoms[at] * 500.0) as usize;
        let mut first = (self.seed.wrapping_sub(1) % RANDOMS as u64) as usize;
        let mut next = start(first);
        pixels.iter().map(move |&pixel| {
            let random = f64::from(randoms[next]);
            next += 1;
            if next == RANDOMS {
                first = (first + 1) % RANDOMS;
                next = start(first);
            }
            if self.blank == Some(pixel) {
                f64::NAN
            } else if self.dither == Dither::None {
                f64::from(pixel) * self.scale + self.zero
            } else if self.dither == Dither::Subtractive2 && pixel == ZERO {
                0.0
            } else {
                (f64::from(pixel) - random + 0.5) * self.scale + self.zero
            }
        })
    }
}
