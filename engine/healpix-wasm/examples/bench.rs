//! Native speed of the kernel: `cargo run --release --example bench`. Prints name, value and unit of each measurement,
//! separated by tabs, on the inputs of test/bench/kernel.ts.

use std::hint::black_box;
use std::time::Instant;

use healpix::cone::Cone;
use healpix::cover::cover;
use healpix::descent::Range;
use healpix::filter::filter;
use healpix::hash::hash;
use healpix::row_index::{Frame, Ranges, RowIndex};
use healpix::CELLS;

const ROWS: usize = 1_000_000;
const BATCH_ROWS: usize = 10_000;
const CONES: usize = 1000;
const GROUP_ROWS: usize = 1024;

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

/// Rows ascending by cell, with their cells packed.
struct Group {
    frame: Frame,
    cells: Vec<u32>,
    lon: Vec<f64>,
    lat: Vec<f64>,
}

impl Group {
    fn new(lon: &[f64], lat: &[f64]) -> Group {
        let mut cells = vec![0; lon.len()];
        hash(lon, lat, &mut cells).unwrap();
        let mut rows: Vec<usize> = (0..lon.len()).collect();
        rows.sort_by_key(|&row| cells[row]);
        let sorted = |column: &[f64]| rows.iter().map(|&row| column[row]).collect();
        cells.sort();
        let frame = Frame::of(&cells).unwrap();
        let mut packed = vec![0; cells.len()];
        frame.pack(&cells, &mut packed);
        Group { frame, cells: packed, lon: sorted(lon), lat: sorted(lat) }
    }

    fn rows(&self, cone: &Cone, ranges: Ranges) -> (Vec<u32>, Vec<f64>) {
        let mut candidates = vec![0; self.cells.len()];
        let index = RowIndex { frame: self.frame, cells: &self.cells };
        let count = index.candidates(cone, ranges, &mut candidates);
        candidates.truncate(count);
        let at =
            |column: &[f64]| -> Vec<f64> { candidates.iter().map(|&row| column[row as usize]).collect() };
        let (mut rows, mut separations) = (vec![0; count], vec![0.0; count]);
        let count = filter(cone, &at(&self.lon), &at(&self.lat), &mut rows, &mut separations);
        rows.truncate(count);
        separations.truncate(count);
        rows.iter_mut().for_each(|row| *row = candidates[*row as usize]);
        (rows, separations)
    }
}

/// A row group in a field of 3° by 3°.
fn field() -> Group {
    let (lon, lat): (Vec<f64>, Vec<f64>) = (0..GROUP_ROWS)
        .map(|i| (100.0 + 3.0 * ((i as f64 * 0.618_033_988_75) % 1.0), 20.0 + 3.0 * i as f64 / 1024.0))
        .unzip();
    Group::new(&lon, &lat)
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
                let mut columns = Columns::default();
                cover(cone, |range| columns.push(range));
                black_box(columns.ranges());
            }
        });
    }

    let group = field();
    let mut columns = Columns::default();
    for (name, radius) in [("1′", 1.0 / 60.0), ("1°", 1.0)] {
        measure(&format!("a cone of {name} from a row group"), "cones/s", CONES, || {
            for i in 0..CONES {
                let cone = Cone::new(group.lon[i], group.lat[i], radius).unwrap();
                columns.clear();
                cover(&cone, |range| columns.push(range));
                black_box(group.rows(&cone, columns.ranges()));
            }
        });
    }

    columns.clear();
    columns.push(Range { start: 0, end: CELLS, full: false });
    for (name, lon, radius) in [("no row inside", 280.0, 1.0), ("every row inside", 100.0, 10.0)] {
        let cone = Cone::new(lon, 20.0, radius).unwrap();
        measure(&format!("filter, {name}"), "rows/s", CONES * GROUP_ROWS, || {
            for _ in 0..CONES {
                black_box(group.rows(&cone, columns.ranges()));
            }
        });
    }
}

/// Ranges by member.
#[derive(Default)]
struct Columns {
    start: Vec<i64>,
    end: Vec<i64>,
    full: Vec<u8>,
}

impl Columns {
    fn clear(&mut self) {
        self.start.clear();
        self.end.clear();
        self.full.clear();
    }

    fn push(&mut self, range: Range) {
        self.start.push(range.start);
        self.end.push(range.end);
        self.full.push(range.full.into());
    }

    fn ranges(&self) -> Ranges<'_> {
        Ranges { start: &self.start, end: &self.end, full: &self.full }
    }
}
