//! Random positions on the sphere, and cells in ranges: what the tests of covers share.

use healpix::descent::Range;
use healpix::hash::hash;

/// xorshift64*: the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.unit() * of.len() as f64) as usize]
    }
}

/// Latitude of the border between the equatorial region and the caps.
pub fn transition() -> f64 {
    (2.0f64 / 3.0).asin().to_degrees()
}

/// A number of pairs from the environment, or the default.
pub fn count(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |n| n.parse().expect("a number"))
}

/// The position at an angle and bearing from a centre, in degrees.
pub fn at(centre: (f64, f64), angle: f64, bearing: f64) -> (f64, f64) {
    let (lat, angle) = (centre.1.to_radians(), angle.to_radians());
    let (east, north) = (angle.sin() * bearing.sin(), angle.sin() * bearing.cos());
    let x = lat.cos() * angle.cos() - lat.sin() * north;
    let z = lat.sin() * angle.cos() + lat.cos() * north;
    let lon = centre.0 + east.atan2(x).to_degrees();
    (lon.rem_euclid(360.0), z.atan2(x.hypot(east)).to_degrees())
}

pub fn find(ranges: &[Range], cell: i64) -> Option<Range> {
    let after = ranges.partition_point(|range| range.start <= cell);
    ranges[..after].last().copied().filter(|range| cell < range.end)
}

pub fn cell_of(position: (f64, f64)) -> i64 {
    let mut cell = [0];
    hash(&[position.0], &[position.1], &mut cell).expect("a position on the sphere");
    cell[0]
}
