//! The same bits natively as in WebAssembly: bits.test.ts computes the same answers, and expects the same checksums.

use healpix::cone::Cone;
use healpix::cover::cover;
use healpix::crc32::crc32;
use healpix::filter::filter;
use healpix::hash::hash;

/// A linear congruential generator, the same in both languages.
struct Random(u32);

impl Random {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        low + (high - low) * (f64::from(self.0) / 4_294_967_296.0)
    }

    fn positions(&mut self, count: usize) -> (Vec<f64>, Vec<f64>) {
        (0..count).map(|_| (self.between(-360.0, 360.0), self.between(-90.0, 90.0))).unzip()
    }

    /// Of radii from 10⁻⁷ to 180 degrees.
    fn cone(&mut self) -> Cone {
        let (lon, lat) = (self.between(0.0, 360.0), self.between(-90.0, 90.0));
        let mut radius = self.between(0.0, 180.0);
        for _ in 0..self.between(0.0, 10.0) as u32 {
            radius *= 0.125;
        }
        Cone::new(lon, lat, radius).unwrap()
    }
}

#[test]
fn cells() {
    let (lon, lat) = Random(1).positions(200_000);
    let mut cells = vec![0; lon.len()];
    hash(&lon, &lat, &mut cells).unwrap();
    let bytes: Vec<u8> = cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    assert_eq!(crc32(&bytes), 3_712_051_166);
}

#[test]
fn ranges() {
    let mut random = Random(2);
    let mut bytes = Vec::new();
    for _ in 0..2000 {
        cover(&random.cone(), |range| {
            bytes.extend(range.start.to_le_bytes());
            bytes.extend(range.end.to_le_bytes());
            bytes.push(range.full.into());
        });
    }
    assert_eq!(crc32(&bytes), 1_200_533_887);
}

#[test]
fn separations() {
    let mut random = Random(3);
    let (lon, lat) = random.positions(10_000);
    let (mut place, mut separation) = (vec![0; lon.len()], vec![0.0; lon.len()]);
    let mut bytes = Vec::new();
    for _ in 0..30 {
        let cone = random.cone();
        let count = filter(&cone, &lon, &lat, &mut place, &mut separation);
        bytes.extend(separation[..count].iter().flat_map(|separation| separation.to_le_bytes()));
        bytes.extend(place[..count].iter().flat_map(|place| place.to_le_bytes()));
    }
    assert_eq!(crc32(&bytes), 3_783_891_959);
}
