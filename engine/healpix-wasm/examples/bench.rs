//! Native speed of the kernel: `cargo run --release --example bench`.

use std::hint::black_box;
use std::time::Instant;

use healpix::cone::Cone;
use healpix::cover::{cover, Range};
use healpix::filter::cone_filter;
use healpix::hash::hash;
use healpix::ranges::rows_in_ranges;

const ROWS: usize = 1_000_000;

/// Positions spread evenly over the sphere along a spiral.
fn positions() -> (Vec<f64>, Vec<f64>) {
    let golden = 180.0 * (3.0 - 5f64.sqrt());
    (0..ROWS)
        .map(|i| {
            let z = 1.0 - (2.0 * i as f64 + 1.0) / ROWS as f64;
            ((i as f64 * golden) % 360.0, z.asin().to_degrees())
        })
        .unzip()
}

/// Best of five: the machine's speed, not its load.
fn seconds(mut work: impl FnMut()) -> f64 {
    (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    let (lon, lat) = positions();
    let mut cells = vec![0; ROWS];
    let time = seconds(|| hash(&lon, &lat, black_box(&mut cells)).unwrap());
    println!("hash            {:10.1} M points/s", ROWS as f64 / time / 1e6);

    for (name, radius) in
        [("0.5 arcsec", 0.5 / 3600.0), ("1 arcmin", 1.0 / 60.0), ("1 deg", 1.0), ("20 deg", 20.0)]
    {
        let cones: Vec<Cone> =
            (0..1000).map(|i| Cone::new(lon[i * 997], lat[i * 997], radius).unwrap()).collect();
        let mut ranges = 0;
        let time = seconds(|| ranges = cones.iter().map(|cone| black_box(cover(cone)).len()).sum());
        println!(
            "cover {name:10}{:10.1} k cones/s, {:.0} ranges each",
            cones.len() as f64 / time / 1e3,
            ranges as f64 / cones.len() as f64
        );
    }

    cells.sort_unstable();
    let cones: Vec<Vec<Range>> =
        (0..1000).map(|i| cover(&Cone::new(lon[i * 997], lat[i * 997], 1.0).unwrap())).collect();
    let time = seconds(|| {
        for ranges in &cones {
            rows_in_ranges(&cells, ranges.iter().copied(), |span| {
                black_box(span);
            });
        }
    });
    println!("rows in ranges  {:10.1} k covers/s over {ROWS} rows", cones.len() as f64 / time / 1e3);

    for (name, radius) in [("none", 0.01), ("half", 90.0), ("all", 180.0)] {
        let cone = Cone::new(10.0, 20.0, radius).unwrap();
        let time = seconds(|| {
            cone_filter(&lon, &lat, std::iter::once(0..ROWS), &cone, |row, separation| {
                black_box((row, separation));
            })
        });
        println!("filter {name:9}{:10.1} M rows/s", ROWS as f64 / time / 1e6);
    }
}
