//! A cone, and the haversine that decides what is in it.

use crate::trig::Numbers;

/// Centre and radius in degrees: `lon` in [0, 360], `lat` in [−90, 90], `radius` in [0, 180].
#[derive(Clone, Copy, Debug)]
pub struct Cone {
    pub lon: f64,
    pub lat: f64,
    pub radius: f64,
}

impl Cone {
    /// `None` where a number is not finite or out of its interval.
    pub fn new(lon: f64, lat: f64, radius: f64) -> Option<Cone> {
        let valid =
            (0.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat) && (0.0..=180.0).contains(&radius);
        valid.then_some(Cone { lon, lat, radius })
    }

    /// Angular separation of a position from the centre, all in degrees; see [`Judge`].
    pub fn separation(&self, lon: f64, lat: f64) -> f64 {
        Judge::new(self).separation(lon, lat)
    }

    /// Whether a position is in the cone: the one decision at the rim. NaN positions are in no cone.
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        self.separation(lon, lat) <= self.radius
    }
}

/// A cone, ready to tell separations: by the haversine formula, accurate at small separations, unlike the spherical
/// law of cosines (4 mas off).
pub struct Judge {
    cone: Cone,
    cos_lat: f64,
    numbers: Numbers,
}

impl Judge {
    pub fn new(cone: &Cone) -> Judge {
        let numbers = Numbers::load();
        Judge { cone: *cone, cos_lat: cosine(cone.lat, &numbers), numbers }
    }

    /// Degrees from the centre to a position in degrees, `lon` in [−360, 360]; NaN for one that is not finite.
    #[inline(always)]
    pub fn separation(&self, lon: f64, lat: f64) -> f64 {
        let numbers = &self.numbers;
        let sin_dlat = numbers.sin((lat - self.cone.lat) * numbers.half_degree);
        let dlon = numbers.within_half_turn(lon - self.cone.lon);
        let sin_dlon = numbers.sin(dlon * numbers.half_degree);
        let h = sin_dlat * sin_dlat + self.cos_lat * cosine(lat, numbers) * sin_dlon * sin_dlon;
        // Rounding may carry h just above 1 for antipodes. Not `min`: it would turn NaN into 1.
        let h = if h > numbers.one { numbers.one } else { h };
        numbers.two * numbers.arc_sine_of_root(h) * numbers.per_degree
    }
}

/// Of a latitude in degrees, from the pole: to the last bits there too.
#[inline(always)]
fn cosine(lat: f64, numbers: &Numbers) -> f64 {
    numbers.sin((numbers.right_angle - lat.abs()) * numbers.degree)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula with the mathematics library's functions.
    fn plain(cone: &Cone, lon: f64, lat: f64) -> f64 {
        let sin_dlat = ((lat - cone.lat).to_radians() * 0.5).sin();
        let sin_dlon = ((lon - cone.lon).to_radians() * 0.5).sin();
        let cosines = cone.lat.to_radians().cos() * lat.to_radians().cos();
        let h = sin_dlat * sin_dlat + cosines * sin_dlon * sin_dlon;
        (2.0 * h.sqrt().min(1.0).asin()).to_degrees()
    }

    #[test]
    fn the_separation_is_that_of_the_library() {
        let golden = 0.618_033_988_749_894_9;
        for centre in [(0.0, 0.0), (1e-7, -90.0), (77.7, -89.99999), (180.0, 41.8), (360.0, 90.0)] {
            for scale in [1e-9, 1e-4, 0.1, 5.0, 90.0] {
                let cone = Cone::new(centre.0, centre.1, 1.0).unwrap();
                for i in 0..4000 {
                    let (u, v) = ((f64::from(i) * golden).fract() - 0.5, f64::from(i) / 2000.0 - 1.0);
                    let lat = (centre.1 + scale * v).clamp(-90.0, 90.0);
                    let lon = (centre.0 + 4.0 * scale * u).clamp(-360.0, 360.0);
                    let (found, library) = (cone.separation(lon, lat), plain(&cone, lon, lat));
                    // The haversine loses half its digits at the antipode.
                    let tolerance = if library > 179.0 { 1e-5 } else { 2e-13 + 2e-14 * library };
                    assert!((found - library).abs() <= tolerance, "{cone:?}: {found} is not {library}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_is_in_no_cone() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let sky = Cone::new(0.0, 0.0, 180.0).unwrap();
        assert!(bad.iter().all(|&bad| !sky.contains(bad, 0.0) && !sky.contains(0.0, bad)));
        assert_eq!(sky.separation(180.0, 0.0), 180.0);
        assert_eq!(sky.separation(360.0, 0.0), 0.0);
    }
}
