//! Which positions are in a cone, with their separations.

use crate::cone::{Cone, Judge};

/// Positions judged together.
const BLOCK: usize = 64;

/// Writes the places, ascending, of the positions that are in the cone, and their separations in degrees; returns their
/// number. Positions are in degrees, `lon` in [−360, 360]; those that are not finite are in no cone.
///
/// All four slices are of one length.
pub fn filter(cone: &Cone, lon: &[f64], lat: &[f64], place: &mut [u32], separation: &mut [f64]) -> usize {
    let judge = Judge::new(cone);
    let mut count = 0;
    let mut separations = [0.0; BLOCK];
    for (block, (lon, lat)) in lon.chunks(BLOCK).zip(lat.chunks(BLOCK)).enumerate() {
        // Two loops, the first of which has no branch: SIMD.
        for ((&lon, &lat), separation) in lon.iter().zip(lat).zip(&mut separations) {
            *separation = judge.separation(lon, lat);
        }
        for (at, &found) in separations[..lon.len()].iter().enumerate() {
            place[count] = (block * BLOCK + at) as u32;
            separation[count] = found;
            count += usize::from(found <= cone.radius);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(cone: &Cone, lon: &[f64], lat: &[f64]) -> Vec<(u32, f64)> {
        let (mut place, mut separation) = (vec![0; lon.len()], vec![0.0; lon.len()]);
        let count = filter(cone, lon, lat, &mut place, &mut separation);
        place.into_iter().zip(separation).take(count).collect()
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

    /// To the last bit: SIMD and one by one are the same mathematics.
    #[test]
    fn the_answer_is_that_of_one_by_one() {
        for lon in [0.0, 1e-7, 77.7, 180.0, 360.0] {
            for lat in [-90.0, -89.99999, -30.0, 0.0, 41.8, 90.0] {
                for radius in [0.0, 1e-9, 0.5 / 3600.0, 0.1, 5.0, 89.0, 91.0, 179.9, 180.0] {
                    let cone = Cone::new(lon, lat, radius).unwrap();
                    let (lons, lats) = positions(&cone);
                    let plain: Vec<(u32, f64)> = (0..lons.len())
                        .map(|row| (row as u32, cone.separation(lons[row], lats[row])))
                        .filter(|&(_, separation)| separation <= radius)
                        .collect();
                    assert_eq!(find(&cone, &lons, &lats), plain, "{cone:?}");
                }
            }
        }
    }

    /// Radii that are the very separations of rows, and their neighbours in f64.
    #[test]
    fn the_rim_is_in_the_cone() {
        let probe = Cone::new(123.456, -54.321, 20.0).unwrap();
        let (lons, lats) = positions(&probe);
        for row in (0..lons.len()).step_by(7) {
            let separation = probe.separation(lons[row], lats[row]);
            for (radius, inside) in
                [(separation, true), (separation.next_up(), true), (separation.next_down(), false)]
            {
                let Some(cone) = Cone::new(probe.lon, probe.lat, radius) else { continue };
                let found = find(&cone, &lons[row..=row], &lats[row..=row]);
                assert_eq!(!found.is_empty(), inside, "row {row} at {separation}, radius {radius}");
            }
        }
    }

    #[test]
    fn positions_that_are_not_finite_match_nothing() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for radius in [0.0, 1.0, 180.0] {
            let cone = Cone::new(0.0, 0.0, radius).unwrap();
            assert_eq!(find(&cone, &bad, &[0.0; 3]), []);
            assert_eq!(find(&cone, &[0.0; 3], &bad), []);
            assert_eq!(find(&cone, &bad, &bad), []);
            assert_eq!(find(&cone, &[0.0], &[0.0]), [(0, 0.0)]);
        }
    }
}
