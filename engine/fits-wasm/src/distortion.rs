//! Distortions of the focal plane: SIP (Shupe et al. 2005) of pixels, TPV (registry of FITS conventions) of the projection
//! plane. `mapproj` has a SIP too, whose polynomials are not those of the convention; hence these.

use crate::newton;

/// A_p_q and B_p_q, p + q ≤ order, in rows of p.
pub struct Sip {
    pub a: Polynomial,
    pub b: Polynomial,
}

pub struct Polynomial {
    order: usize,
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// `coefficients` are (order + 1)² of them.
    pub fn new(order: usize, coefficients: &[f64]) -> Polynomial {
        Polynomial { order, coefficients: coefficients.to_vec() }
    }

    fn value(&self, u: f64, v: f64) -> f64 {
        let row = |p: usize| &self.coefficients[p * (self.order + 1)..][..self.order + 1 - p];
        (0..=self.order)
            .rev()
            .fold(0.0, |sum, p| sum * u + row(p).iter().rev().fold(0.0, |sum, c| sum * v + c))
    }
}

impl Sip {
    /// Offsets from CRPIX, corrected.
    pub fn apply(&self, u: f64, v: f64) -> (f64, f64) {
        (u + self.a.value(u, v), v + self.b.value(u, v))
    }

    /// The inverse of [`Sip::apply`] itself: AP and BP, where a header has them, are fits to it.
    pub fn invert(&self, u: f64, v: f64) -> Option<(f64, f64)> {
        newton::inverse(|u, v| self.apply(u, v), (u, v), 1.0)
    }
}

/// Coefficients PV1_0…39 of the longitude and PV2_0…39 of the latitude.
pub struct Tpv {
    pub lon: [f64; 40],
    pub lat: [f64; 40],
}

impl Tpv {
    /// Degrees in the projection plane.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (tpv(&self.lon, x, y), tpv(&self.lat, y, x))
    }

    pub fn invert(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        // The identity may be far off: coefficients often hold a scale or a shift of their own.
        newton::inverse(|x, y| self.apply(x, y), (x, y), 1e-3)
    }
}

fn tpv(k: &[f64; 40], x: f64, y: f64) -> f64 {
    let r2 = x * x + y * y;
    let r = r2.sqrt();
    // The terms of each degree in falling powers of x; those of odd degree have a power of r besides.
    let mut sum = k[0];
    let mut at = 1;
    let mut radial = r;
    for degree in 1..=7 {
        let (mut term, mut powers) = (0.0, x.powi(degree));
        for j in 0..=degree {
            if j > 0 {
                powers = x.powi(degree - j) * y.powi(j);
            }
            term += k[at] * powers;
            at += 1;
        }
        if degree % 2 == 1 {
            term += k[at] * radial;
            radial *= r2;
            at += 1;
        }
        sum += term;
    }
    sum
}
