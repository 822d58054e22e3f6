//! Native speed of the kernel: `cargo run --release --example bench`. Prints name, value and unit of each measurement,
//! separated by tabs, on the inputs of test/bench/kernel.ts.

use std::hint::black_box;
use std::time::Instant;

use healpix::cone::Cone;
use healpix::cover::cover;
use healpix::filter::ConeFilter;
use healpix::hash::hash;
use healpix::ranges::rows_in_ranges;

const ROWS: usize = 1_000_000;
const BATCH_ROWS: usize = 10_000;
const CONES: usize = 1000;
const GROUP_ROWS: usize = 4000;

/// Positions spread evenly over the sphere along a spiral.
fn spiral() -> (Vec<f64>, Vec<f64>) {
    let golden = 180.0 * (3.0 - 5f64.sqrt());
    (0..ROWS)
        .map(|i| {
            let z = 1.0 - (2.0 * i as f64 + 1.0) / ROWS as f64;
            ((i as f64 * golden) % 360.0, z.asin().to_degrees())
        })
        .unzip()
}

/// Positions in a field of 12° by 12°, ascending by cell.
fn row_group() -> (Vec<i64>, Vec<f64>, Vec<f64>) {
    let (lon, lat): (Vec<f64>, Vec<f64>) = (0..GROUP_ROWS)
        .map(|i| (100.0 + 12.0 * ((i as f64 * 0.618_033_988_75) % 1.0), 20.0 + 12.0 * i as f64 / 4000.0))
        .unzip();
    let mut cells = vec![0; GROUP_ROWS];
    hash(&lon, &lat, &mut cells).unwrap();
    let mut rows: Vec<usize> = (0..GROUP_ROWS).collect();
    rows.sort_by_key(|&row| cells[row]);
    let sorted = |column: &[f64]| rows.iter().map(|&row| column[row]).collect();
    (rows.iter().map(|&row| cells[row]).collect(), sorted(&lon), sorted(&lat))
}

/// Best of fifteen: the machine's speed, not its load.
fn measure(name: &str, unit: &str, count: usize, mut work: impl FnMut()) {
    let best = (0..15)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    println!("{name}\t{}\t{unit}", count as f64 / best);
}

fn main() {
    let (lon, lat) = spiral();
    measure("hash to order 29", "points/s", ROWS, || {
        for (lon, lat) in lon.chunks(BATCH_ROWS).zip(lat.chunks(BATCH_ROWS)) {
            let mut cells = vec![0; lon.len()];
            hash(lon, lat, &mut cells).unwrap();
            black_box(cells);
        }
    });

    for (name, radius) in [("0.5″", 0.5 / 3600.0), ("1′", 1.0 / 60.0), ("1°", 1.0), ("20°", 20.0)] {
        let cones: Vec<Cone> =
            (0..CONES).map(|i| Cone::new(lon[i * 997], lat[i * 997], radius).unwrap()).collect();
        measure(&format!("ranges of a cone of {name}"), "cones/s", CONES, || {
            for cone in &cones {
                let mut ranges = Vec::with_capacity(64);
                cover(cone, |range| ranges.push(range));
                black_box(ranges);
            }
        });
    }

    let (index, group_lon, group_lat) = row_group();
    for (name, radius) in [("1′", 1.0 / 60.0), ("1°", 1.0)] {
        measure(&format!("a cone of {name} from 4,000 rows"), "cones/s", CONES, || {
            for i in 0..CONES {
                let cone = Cone::new(group_lon[i * 4], group_lat[i * 4], radius).unwrap();
                let mut ranges = Vec::with_capacity(64);
                cover(&cone, |range| ranges.push((range.start, range.end)));
                let mut rows = Vec::new();
                let mut filter = ConeFilter::new(&cone, |row, separation| rows.push((row, separation)));
                rows_in_ranges(&index, ranges.into_iter(), |span| {
                    filter.filter(&group_lon, &group_lat, span)
                });
                filter.finish();
                black_box(rows);
            }
        });
    }

    for (name, radius) in [("no row inside", 0.001), ("every row inside", 180.0)] {
        let cone = Cone::new(10.0, 20.0, radius).unwrap();
        measure(&format!("filter, {name}"), "rows/s", ROWS, || {
            let (mut rows, mut separations) = (Vec::new(), Vec::new());
            let mut filter = ConeFilter::new(&cone, |row, separation| {
                rows.push(row);
                separations.push(separation);
            });
            filter.filter(&lon, &lat, 0..ROWS);
            filter.finish();
            black_box((rows, separations));
        });
    }
}
