//! Native to celestial coordinates (Calabretta & Greisen 2002, §2.4): `wcs` 0.4 loses the sign of the angle between both
//! for projections whose reference point is not the native pole, so the rotation is found here.

use crate::matrix::{Axis, Matrix};

/// Degrees, all; LONPOLE and LATPOLE are NaN where the header has none.
pub struct Reference {
    /// Celestial coordinates of the reference point, CRVAL.
    pub lon: f64,
    pub lat: f64,
    /// Its native coordinates.
    pub phi: f64,
    pub theta: f64,
    pub lonpole: f64,
    pub latpole: f64,
}

impl Reference {
    /// The matrix from native to celestial coordinates. None where the values contradict each other.
    pub fn rotation(&self) -> Option<Matrix> {
        let lonpole = if self.lonpole.is_nan() {
            self.phi + if self.lat >= self.theta { 0.0 } else { 180.0 }
        } else {
            self.lonpole
        };
        let (lon_p, lat_p) = self.pole(lonpole)?;
        let (s, c) = lat_p.to_radians().sin_cos();
        let tilt = Matrix([[-s, 0.0, c], [0.0, -1.0, 0.0], [c, 0.0, s]]);
        Some(Matrix::rotation(-lon_p, Axis::Z).after(&tilt).after(&Matrix::rotation(lonpole, Axis::Z)))
    }

    /// Celestial coordinates of the native pole.
    fn pole(&self, lonpole: f64) -> Option<(f64, f64)> {
        if self.theta == 90.0 {
            return Some((self.lon, self.lat));
        }
        let (sin_theta, cos_theta) = self.theta.to_radians().sin_cos();
        let (sin_phi, cos_phi) = (lonpole - self.phi).to_radians().sin_cos();
        let (sin_lat, cos_lat) = self.lat.to_radians().sin_cos();
        let latpole = if self.latpole.is_nan() { 90.0 } else { self.latpole };

        let length = sin_theta.hypot(cos_theta * cos_phi);
        let lat_p = if length < 1e-12 {
            if sin_lat.abs() > 1e-12 {
                return None;
            }
            latpole
        } else {
            let ratio = sin_lat / length;
            if ratio.abs() > 1.0 + 1e-10 {
                return None;
            }
            let middle = sin_theta.atan2(cos_theta * cos_phi).to_degrees();
            let half = ratio.clamp(-1.0, 1.0).acos().to_degrees();
            [middle + half, middle - half]
                .map(|lat| {
                    if lat > 180.0 {
                        lat - 360.0
                    } else if lat < -180.0 {
                        lat + 360.0
                    } else {
                        lat
                    }
                })
                .into_iter()
                .filter(|lat| lat.abs() <= 90.0 + 1e-10)
                .min_by(|a, b| (a - latpole).abs().total_cmp(&(b - latpole).abs()))?
                .clamp(-90.0, 90.0)
        };

        let lon_p = if cos_lat.abs() < 1e-10 {
            self.lon
        } else if lat_p > 90.0 - 1e-10 {
            self.lon + lonpole - self.phi - 180.0
        } else if lat_p < -90.0 + 1e-10 {
            self.lon - lonpole + self.phi
        } else {
            let (sin_p, cos_p) = lat_p.to_radians().sin_cos();
            let sine = sin_phi * cos_theta / cos_lat;
            let cosine = (sin_theta - sin_p * sin_lat) / (cos_p * cos_lat);
            self.lon - sine.atan2(cosine).to_degrees()
        };
        Some((lon_p, lat_p))
    }
}
