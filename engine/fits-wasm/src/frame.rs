//! Frames of the sky to ICRS and back, as astropy has them, so that positions agree to microarcseconds.

use crate::matrix::{dot, normalized, Axis, Matrix, Vector};

/// B1950 → J2000 (Murray 1989), and its change per century of the epoch of observation.
const B1950_TO_J2000: [[f64; 3]; 3] = [
    [0.9999256794956877, -0.0111814832204662, -0.0048590038153592],
    [0.0111814832391717, 0.9999374848933135, -0.0000271625947142],
    [0.0048590037723143, -0.0000271702937440, 0.9999881946023742],
];
const FK4_ROTATION: [[f64; 3]; 3] = [
    [-0.0026455262e-6, -1.1539918689e-6, 2.1111346190e-6],
    [1.1540628161e-6, -0.0129042997e-6, 0.0236021478e-6],
    [-2.1112979048e-6, -0.0056024448e-6, 0.0102587734e-6],
];

/// Takes positions of a frame to ICRS and back.
pub struct Frame {
    to_icrs: Matrix,
    from_icrs: Matrix,
    /// E-terms of aberration, which are part of positions of FK4.
    e_terms: Option<Vector>,
}

impl Frame {
    /// `kind` as in the C layer; `equinox` and `observed` in years, Besselian for FK4 and Julian otherwise.
    pub fn new(kind: u32, equinox: f64, observed: f64) -> Option<Frame> {
        let rotation = |to_icrs: Matrix| Frame { from_icrs: to_icrs.transposed(), to_icrs, e_terms: None };
        Some(match kind {
            0 => rotation(Matrix::identity()),
            1 => rotation(icrs_to_fk5().transposed().after(&precession(equinox).transposed())),
            2 | 3 => fk4(equinox, observed, kind == 2),
            4 => rotation(galactic_to_icrs()),
            5 => rotation(galactic_to_icrs().after(&supergalactic_to_galactic())),
            6 => rotation(icrs_to_ecliptic(equinox).transposed()),
            _ => return None,
        })
    }

    pub fn to_icrs(&self, v: Vector) -> Vector {
        let Some(e) = self.e_terms else {
            return self.to_icrs.apply(v);
        };
        let along = dot(e, v);
        let free = normalized([0, 1, 2].map(|i| v[i] - e[i] + along * v[i]));
        normalized(self.to_icrs.apply(free))
    }

    pub fn from_icrs(&self, v: Vector) -> Vector {
        let w = self.from_icrs.apply(v);
        let Some(e) = self.e_terms else {
            return w;
        };
        let w = normalized(w);
        let mut found = w;
        for _ in 0..10 {
            let along = 1.0 + dot(e, found);
            found = [0, 1, 2].map(|i| (e[i] + w[i]) / along);
        }
        normalized(found)
    }
}

/// USNO Circular 179.
fn icrs_to_fk5() -> Matrix {
    let mas = |angle: f64| angle / 3_600_000.0;
    Matrix::rotation(mas(19.9), Axis::X)
        .after(&Matrix::rotation(mas(9.1), Axis::Y))
        .after(&Matrix::rotation(mas(-22.9), Axis::Z))
}

/// A polynomial of arcseconds, in degrees.
fn arcseconds(t: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c) / 3600.0
}

/// J2000 → mean equator and equinox of a Julian year (Capitaine et al. 2003, IAU 2006).
fn precession(equinox: f64) -> Matrix {
    let t = (equinox - 2000.0) / 100.0;
    let zeta = arcseconds(t, &[2.650545, 2306.083227, 0.2988499, 0.01801828, -0.000005971, -0.0000003173]);
    let z = arcseconds(t, &[-2.650545, 2306.077181, 1.0927348, 0.01826837, -0.000028596, -0.0000002904]);
    let theta = arcseconds(t, &[0.0, 2004.191903, -0.4294934, -0.04182264, -0.000007089, -0.0000001274]);
    Matrix::rotation(-z, Axis::Z)
        .after(&Matrix::rotation(theta, Axis::Y))
        .after(&Matrix::rotation(-zeta, Axis::Z))
}

fn galactic_to_icrs() -> Matrix {
    let from_fk5 = Matrix::rotation(180.0 - 122.9319185680026, Axis::Z)
        .after(&Matrix::rotation(90.0 - 27.12825118085622, Axis::Y))
        .after(&Matrix::rotation(192.8594812065348, Axis::Z));
    icrs_to_fk5().transposed().after(&from_fk5.transposed())
}

/// Lahav et al. 2000.
fn supergalactic_to_galactic() -> Matrix {
    Matrix::rotation(90.0, Axis::Z)
        .after(&Matrix::rotation(90.0 - 6.32, Axis::Y))
        .after(&Matrix::rotation(47.37, Axis::Z))
        .transposed()
}

/// Mean ecliptic and equinox of a Julian year (IAU 2006).
fn icrs_to_ecliptic(equinox: f64) -> Matrix {
    let t = (equinox - 2000.0) / 100.0;
    let obliquity =
        arcseconds(t, &[84381.406, -46.836769, -0.0001831, 0.00200340, -0.000000576, -0.0000000434]);
    let mas = |angle: f64| angle / 3_600_000.0;
    let bias = Matrix::rotation(mas(6.819), Axis::X)
        .after(&Matrix::rotation(mas(-16.617), Axis::Y))
        .after(&Matrix::rotation(mas(-14.6), Axis::Z));
    Matrix::rotation(obliquity, Axis::X).after(&precession(equinox)).after(&bias)
}

/// Besselian years.
fn fk4(equinox: f64, observed: f64, e_terms: bool) -> Frame {
    // The epoch of a Besselian year, in Julian centuries from B1950.
    let julian_years = |besselian: f64| (besselian - 1950.0) * 365.242198781 / 365.25;
    let since_1950 = (julian_years(observed) - 0.00021) / 100.0;
    let mut to_j2000 = B1950_TO_J2000;
    for (i, row) in to_j2000.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell += FK4_ROTATION[i][j] * since_1950;
        }
    }
    let to_j2000 = Matrix(to_j2000);
    let to_b1950 = newcomb(equinox, 1950.0);
    let fk5 = icrs_to_fk5();
    Frame {
        to_icrs: fk5.transposed().after(&to_j2000).after(&to_b1950),
        from_icrs: newcomb(1950.0, equinox).after(&to_j2000.transposed()).after(&fk5),
        e_terms: e_terms.then(|| aberration(julian_years(equinox) / 100.0)),
    }
}

/// Newcomb's precession between Besselian years.
fn newcomb(from: f64, to: f64) -> Matrix {
    let t = (from - 1850.0) / 1000.0;
    let dt = (to - 1850.0) / 1000.0 - t;
    let first = (0.060 * t + 139.720) * t + 23035.545;
    let zeta = ((17.995 * dt - 0.27 * t + 30.240) * dt + first) * dt / 3600.0;
    let z = ((18.325 * dt + 109.480 + 0.39 * t) * dt + first) * dt / 3600.0;
    let theta = (-41.8 * dt - 0.37 * t - 42.65) * dt;
    let theta = (theta + (-0.37 * t - 85.29) * t + 20051.12) * dt / 3600.0;
    Matrix::rotation(-z, Axis::Z)
        .after(&Matrix::rotation(theta, Axis::Y))
        .after(&Matrix::rotation(-zeta, Axis::Z))
}

/// `t` in Julian centuries from B1950.
fn aberration(t: f64) -> Vector {
    let eccentricity = (-0.000000126 * t - 0.00004193) * t + 0.01673011;
    let ek = 0.0056932_f64.to_radians() * eccentricity;
    let g = ((((0.012 * t + 1.65) * t + 6190.67) * t + 1015489.951) / 3600.0).to_radians();
    // Mean obliquity (IAU 1980), from J2000 on.
    let from_2000 = t - 0.500002095577;
    let obliquity = arcseconds(from_2000, &[84381.448, -46.8150, -0.00059, 0.001813]).to_radians();
    [ek * g.sin(), -ek * g.cos() * obliquity.cos(), -ek * g.cos() * obliquity.sin()]
}
