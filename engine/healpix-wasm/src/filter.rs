//! Rows of spans that are in a cone, with their separation.
//!
//! The rows whose latitude alone is too far from the centre's are left out, at a compare each, so that rows outside cost
//! next to nothing. The others are gathered in blocks, and two passes go over a block. The first computes the haversine
//! h = sin²(separation/2) of every row without a branch, which the compiler turns into SIMD, with a series for the sine. The
//! second keeps the rows where h is clearly below the rim's, drops those where it is clearly above, and asks
//! [`Cone::separation`] about the few in between: so the answer is that of the plain formula.

use std::f64::consts::{FRAC_PI_2, PI};
use std::ops::Range;

use crate::cone::Cone;
use crate::trig::{within_half_turn, SineSeries};

/// Rows gathered before their haversines are computed, all in the first cache.
const BLOCK: usize = 256;

/// Rows looked at together: if none of them is near, they are left behind at once.
const CHUNK: usize = 64;

/// Half a degree in radians.
const HALF_DEGREE: f64 = PI / 360.0;

/// On √h: the series and the reduction are good to a few 1e-15, the plain formula too.
const DOUBT: f64 = 1e-13;

/// The filter of one cone, which takes spans in ascending order.
pub struct ConeFilter<Emit: FnMut(u32, f64)> {
    cone: Cone,
    cos_lat: f64,
    /// Haversines below are inside, those above `outside` are not.
    inside: f64,
    outside: f64,
    /// Degrees of latitude from the centre beyond which no position is inside.
    window: f64,
    emit: Emit,
    /// The block under way: rows and their positions.
    gathered: usize,
    rows: [u32; BLOCK],
    lon: [f64; BLOCK],
    lat: [f64; BLOCK],
}

impl<Emit: FnMut(u32, f64)> ConeFilter<Emit> {
    /// `emit` gets (row, separation in degrees) of each row in the cone, in order.
    pub fn new(cone: &Cone, emit: Emit) -> Self {
        let rim = (0.5 * cone.radius.to_radians()).sin();
        // A haversine is at least sin² of half the difference in latitude. The second DOUBT is for this arc sine.
        let sin_window = rim + 2.0 * DOUBT;
        ConeFilter {
            cone: *cone,
            cos_lat: cone.lat.to_radians().cos(),
            inside: (rim - DOUBT).max(0.0).powi(2),
            outside: (rim + DOUBT).powi(2),
            window: if sin_window < 1.0 { 2.0 * sin_window.asin().to_degrees() } else { f64::INFINITY },
            emit,
            gathered: 0,
            rows: [0; BLOCK],
            lon: [0.0; BLOCK],
            lat: [0.0; BLOCK],
        }
    }

    /// Positions in degrees, `lon` in [−360, 360]; a position that is not finite matches nothing.
    pub fn filter(&mut self, lon: &[f64], lat: &[f64], span: Range<usize>) {
        for start in span.clone().step_by(CHUNK) {
            let chunk = start..span.end.min(start + CHUNK);
            let (lon, lat) = (&lon[chunk.clone()], &lat[chunk]);
            let (centre, window) = (self.cone.lat, self.window);
            let near = |lat: f64| (lat - centre).abs() <= window;
            if !lat.iter().fold(false, |any, &lat| any | near(lat)) {
                continue;
            }
            if self.gathered + lat.len() > BLOCK {
                self.decide();
            }
            let mut n = self.gathered;
            for (at, (&lon, &lat)) in lon.iter().zip(lat).enumerate() {
                self.rows[n] = (start + at) as u32;
                self.lon[n] = lon;
                self.lat[n] = lat;
                n += usize::from(near(lat));
            }
            self.gathered = n;
        }
    }

    /// To be called after the last span.
    pub fn finish(mut self) {
        self.decide();
    }

    /// Emits the rows of the block that are inside.
    fn decide(&mut self) {
        let n = std::mem::take(&mut self.gathered);
        let (lon, lat) = (&self.lon[..n], &self.lat[..n]);
        let mut haversines = [0.0; BLOCK];
        let series = SineSeries::load();
        for ((&lon, &lat), h) in lon.iter().zip(lat).zip(&mut haversines) {
            let sin_dlat = series.sin((lat - self.cone.lat) * HALF_DEGREE);
            let sin_dlon = series.sin(within_half_turn((lon - self.cone.lon) * HALF_DEGREE));
            let cos_lat = series.sin(FRAC_PI_2 - lat.abs().to_radians());
            *h = sin_dlat * sin_dlat + self.cos_lat * cos_lat * sin_dlon * sin_dlon;
        }
        for (at, &h) in haversines[..n].iter().enumerate() {
            // A NaN is on neither side.
            if h < self.inside {
                (self.emit)(self.rows[at], (2.0 * h.sqrt().asin()).to_degrees());
            } else if h <= self.outside {
                let separation = self.cone.separation(lon[at], lat[at]);
                if separation <= self.cone.radius {
                    (self.emit)(self.rows[at], separation);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(lon: &[f64], lat: &[f64], cone: &Cone) -> Vec<(u32, f64)> {
        let mut rows = Vec::new();
        let mut filter = ConeFilter::new(cone, |row, separation| rows.push((row, separation)));
        filter.filter(lon, lat, 0..lon.len());
        filter.finish();
        rows
    }

    /// Positions over the sphere, and as many within a few radii of the centre.
    fn positions(cone: &Cone) -> (Vec<f64>, Vec<f64>) {
        let golden = 0.618_033_988_749_894_9;
        (0..4001)
            .map(|i| {
                let (u, v) = ((f64::from(i) * golden).fract(), f64::from(i) / 2000.0 - 1.0);
                let lat = if i % 2 == 0 { v.asin().to_degrees() } else { cone.lat + 2.0 * v * cone.radius };
                let lon =
                    if i % 2 == 0 { 720.0 * u - 360.0 } else { cone.lon + (4.0 * u - 2.0) * cone.radius };
                ((lon % 360.0), lat.clamp(-90.0, 90.0))
            })
            .unzip()
    }

    #[test]
    fn the_answer_is_that_of_the_plain_formula() {
        for lon in [0.0, 1e-7, 77.7, 180.0, 360.0] {
            for lat in [-90.0, -89.99999, -30.0, 0.0, 41.8, 90.0] {
                for radius in [1e-9, 0.5 / 3600.0, 0.1, 5.0, 89.0, 91.0, 179.9, 180.0] {
                    let cone = Cone::new(lon, lat, radius).unwrap();
                    let (lons, lats) = positions(&cone);
                    let rows = filter(&lons, &lats, &cone);
                    let plain: Vec<(u32, f64)> = (0..lons.len())
                        .map(|row| (row as u32, cone.separation(lons[row], lats[row])))
                        .filter(|&(_, separation)| separation <= radius)
                        .collect();
                    assert_eq!(rows.len(), plain.len(), "{cone:?}");
                    for ((row, separation), (plain_row, plain)) in rows.into_iter().zip(plain) {
                        assert_eq!(row, plain_row, "{cone:?}");
                        // The haversine itself loses half its digits at the antipode.
                        let tolerance = if plain > 179.0 { 1e-5 } else { 2e-13 + 1e-14 * plain };
                        assert!(
                            (separation - plain).abs() <= tolerance,
                            "{cone:?}: {separation} is not {plain}"
                        );
                        assert!(separation <= radius, "{cone:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn spans_find_what_one_span_finds() {
        let cone = Cone::new(210.0, 40.0, 35.0).unwrap();
        let (lons, lats) = positions(&cone);
        let mut rows = Vec::new();
        let mut filter = ConeFilter::new(&cone, |row, separation| rows.push((row, separation)));
        let mut start = 0;
        for length in (0..).take_while(|length| length * (length + 1) / 2 < lons.len()) {
            filter.filter(&lons, &lats, start..start + length);
            start += length;
        }
        filter.filter(&lons, &lats, start..lons.len());
        filter.finish();
        assert_eq!(rows, super::tests::filter(&lons, &lats, &cone));
    }

    /// Radii that are the very separations of rows, and their neighbours in f64.
    #[test]
    fn the_rim_is_decided_by_the_plain_formula() {
        let probe = Cone::new(123.456, -54.321, 20.0).unwrap();
        let (lons, lats) = positions(&probe);
        for row in (0..lons.len()).step_by(7) {
            let separation = probe.separation(lons[row], lats[row]);
            for (radius, inside) in
                [(separation, true), (separation.next_up(), true), (separation.next_down(), false)]
            {
                let Some(cone) = Cone::new(probe.lon, probe.lat, radius) else { continue };
                let found = filter(&lons[row..=row], &lats[row..=row], &cone);
                assert_eq!(!found.is_empty(), inside, "row {row} at {separation}, radius {radius}");
            }
        }
    }

    #[test]
    fn positions_that_are_not_finite_match_nothing() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for radius in [0.0, 1.0, 180.0] {
            let cone = Cone::new(0.0, 0.0, radius).unwrap();
            assert_eq!(filter(&bad, &[0.0; 3], &cone), []);
            assert_eq!(filter(&[0.0; 3], &bad, &cone), []);
            assert_eq!(filter(&bad, &bad, &cone), []);
            assert_eq!(filter(&[0.0], &[0.0], &cone), [(0, 0.0)]);
        }
    }
}
