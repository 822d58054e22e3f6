//! No cone loses a point, in its ranges or among its candidates: random (cone, position) pairs, with positions crowded
//! around the rim, judged by the haversine.
//!
//! `HEALPIX_COVER_PAIRS=50000000 cargo test --release --test cover -- --nocapture` runs more pairs than the default.

use std::f64::consts::PI;

use healpix::cone::Cone;
use healpix::cover::cover;
use healpix::descent::Range;
use healpix::plane::STRETCH;
use healpix::row_index::{Frame, Ranges, RowIndex};
use healpix::CELLS;

mod sky;
use sky::{at, cell_of, count, find, transition, Random};

/// The cover of a cone as a list.
fn covered(cone: &Cone) -> Vec<Range> {
    let mut ranges = Vec::with_capacity(128);
    cover(cone, |range| ranges.push(range));
    ranges
}

const RADII: [f64; 14] = [
    0.0,
    1e-12,
    1e-9,
    1e-7,
    1e-4,
    0.5 / 3600.0,
    1.0 / 60.0,
    90.0,
    140.0,
    179.0,
    179.9,
    179.999_999,
    179.999_999_999_9,
    180.0,
];

fn random_cone(random: &mut Random) -> Cone {
    let lon = match random.unit() {
        u if u < 0.6 => random.between(0.0, 360.0),
        // Borders of base cells, and the wrap.
        u if u < 0.8 => random.pick(&[0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0, 360.0]),
        _ => {
            let near = random.pick(&[1e-12, 1e-9, 1e-6, 1e-3]);
            random.pick(&[0.0, 90.0, 180.0, 315.0]) + near
        }
    };
    let lat = match random.unit() {
        u if u < 0.6 => random.between(-1.0, 1.0).asin().to_degrees(),
        u if u < 0.8 => random.pick(&[-90.0, 90.0, 0.0, transition(), -transition()]),
        _ => {
            let near = random.pick(&[1e-12, 1e-9, 1e-6, 1e-3, 0.1]);
            random.pick(&[90.0 - near, near - 90.0, near, transition() - near, transition() + near])
        }
    };
    let radius = match random.unit() {
        u if u < 0.2 => random.pick(&RADII),
        u if u < 0.4 => random.between(0.0, 180.0),
        _ => 10f64.powf(random.between(-10.0, 180f64.log10())),
    };
    Cone::new(lon, lat, radius).expect("a valid cone")
}

/// Positions in the cone, just inside and outside its rim, at the antipode, and anywhere.
fn random_position(random: &mut Random, cone: &Cone) -> (f64, f64) {
    let bearing = match random.unit() {
        u if u < 0.2 => random.pick(&[0.0, 0.5, 1.0, 1.5]) * PI,
        _ => random.between(0.0, 2.0 * PI),
    };
    let angle = match random.unit() {
        u if u < 0.2 => cone.radius,
        u if u < 0.5 => cone.radius * (1.0 - random.pick(&[1e-15, 1e-12, 1e-9, 1e-6, 1e-3])),
        u if u < 0.6 => cone.radius * (1.0 + random.pick(&[1e-15, 1e-12, 1e-6, 1e-3, 0.1])),
        u if u < 0.9 => cone.radius * random.unit().sqrt(),
        u if u < 0.95 => 180.0 - random.pick(&[0.0, 1e-9, 1e-3]),
        _ => random.between(0.0, 180.0),
    };
    at((cone.lon, cone.lat), angle.min(180.0), bearing)
}

/// Ranges by member.
struct Columns {
    start: Vec<i64>,
    end: Vec<i64>,
    full: Vec<u8>,
}

impl Columns {
    fn of(ranges: &[Range]) -> Columns {
        Columns {
            start: ranges.iter().map(|range| range.start).collect(),
            end: ranges.iter().map(|range| range.end).collect(),
            full: ranges.iter().map(|range| range.full.into()).collect(),
        }
    }

    /// Whether a row with this cell, kept at an order, is a candidate of a cone.
    fn make_candidate(&self, cone: &Cone, order: u32, cell: i64) -> bool {
        let cell = cell >> (2 * (29 - order));
        // The row in question comes after another one.
        let first = (cell - 1000).max(0);
        let frame = Frame { order, first };
        let index = RowIndex { frame, cells: &[0, (cell - first) as u32] };
        let mut rows = [0; 2];
        let ranges = Ranges { start: &self.start, end: &self.end, full: &self.full };
        let count = index.candidates(cone, ranges, &mut rows);
        rows[..count].contains(&1)
    }
}

fn assert_well_formed(cone: &Cone, ranges: &[Range]) {
    for range in ranges {
        assert!(0 <= range.start && range.start < range.end && range.end <= CELLS, "{cone:?}: {range:?}");
    }
    for pair in ranges.windows(2) {
        let merged = pair[0].end < pair[1].start || pair[0].full != pair[1].full;
        assert!(pair[0].end <= pair[1].start && merged, "{cone:?}: {pair:?}");
    }
}

#[test]
fn covers_lose_no_position_and_full_ranges_hold_no_stranger() {
    const POSITIONS: usize = 200;
    let pairs = count("HEALPIX_COVER_PAIRS", 400_000);
    let seed = count("HEALPIX_COVER_SEED", 20_261_121) as u64;
    let mut random = Random(seed);
    let (mut inside, mut in_full, mut most) = (0, 0, 0);
    for _ in 0..pairs.div_ceil(POSITIONS) {
        let cone = random_cone(&mut random);
        let ranges = covered(&cone);
        most = most.max(ranges.len());
        assert_well_formed(&cone, &ranges);
        let columns = Columns::of(&ranges);
        let centre = (cone.lon, cone.lat);
        assert!(find(&ranges, cell_of(centre)).is_some(), "{cone:?} loses its own centre");
        for _ in 0..POSITIONS {
            let position = random_position(&mut random, &cone);
            let cell = cell_of(position);
            let range = find(&ranges, cell);
            let order = random.pick(&[29, 29, 25, 20, 14, 5]);
            let candidate = columns.make_candidate(&cone, order, cell);
            let separation = cone.separation(position.0, position.1);
            // A row beyond the rim by more than the cell's diameter, and what the test's bound gives away.
            let reach = STRETCH / (1u64 << order) as f64;
            let rim = cone.radius + (reach * (2.0 + 3.0 * reach)).to_degrees() + 1e-11;
            let rim = if separation < 170.0 { rim } else { 180.0 };
            assert!(!candidate || separation <= rim, "{cone:?} has candidate {position:?}");
            if cone.contains(position.0, position.1) {
                assert!(range.is_some(), "{cone:?} loses {position:?}");
                assert!(candidate, "{cone:?} has no candidate {position:?}");
                inside += 1;
                in_full += usize::from(range.is_some_and(|range| range.full));
            } else {
                assert!(!range.is_some_and(|range| range.full), "{cone:?}: a full range holds {position:?}");
            }
        }
    }
    println!("{pairs} pairs: {inside} inside, {in_full} of them in full ranges; at most {most} ranges");
    assert!(inside > pairs / 3 && in_full > pairs / 20, "the pairs must exercise both kinds of range");
    assert!(most < 200, "a cover of {most} ranges");
}

/// Sampling can miss a sliver of a cell: ask the cells around the rim themselves. A cell of a fine order whose centre
/// is inside the cone must be in the cover.
#[test]
fn cells_whose_centre_is_inside_are_covered() {
    let mut random = Random(7);
    for order in [3u8, 5, 7] {
        let layer = cdshealpix::nested::get(order);
        for _ in 0..150 {
            let cone = random_cone(&mut random);
            let ranges = covered(&cone);
            let shift = 2 * (29 - i64::from(order));
            for cell in 0..layer.n_hash() {
                let (lon, lat) = layer.center(cell);
                if cone.contains(lon.to_degrees(), lat.to_degrees()) {
                    let centre_cell = cell_of((lon.to_degrees(), lat.to_degrees()));
                    assert!(
                        find(&ranges, centre_cell).is_some(),
                        "{cone:?} loses cell {cell} of order {order}"
                    );
                    assert_eq!(centre_cell >> shift, cell as i64);
                }
            }
        }
    }
}

#[test]
fn the_whole_sky_is_one_full_range() {
    let cone = Cone::new(123.0, -45.0, 180.0).unwrap();
    assert_eq!(covered(&cone), [Range { start: 0, end: CELLS, full: true }]);
}

/// On a corner of base cells four (at the poles) or three cells meet: a cone of radius 0 has them all.
#[test]
fn a_point_on_a_border_is_covered_with_its_neighbours() {
    let lat = transition();
    for (lon, lat, meeting) in
        [(0.0, 90.0, 4), (10.0, -90.0, 4), (0.0, lat, 3), (90.0, lat, 3), (180.0, -lat, 3), (45.0, 0.0, 4)]
    {
        let ranges = covered(&Cone::new(lon, lat, 0.0).unwrap());
        let cells: i64 = ranges.iter().map(|range| range.end - range.start).sum();
        assert!((meeting..=16).contains(&cells), "{cells} cells at ({lon}, {lat})");
        assert!(ranges.iter().all(|range| !range.full));
        for (east, north) in [(1e-12_f64, 0.0_f64), (-1e-12, 0.0), (0.0, 1e-12), (0.0, -1e-12)] {
            let near = ((lon + east).rem_euclid(360.0), (lat + north).clamp(-90.0, 90.0));
            assert!(find(&ranges, cell_of(near)).is_some(), "({lon}, {lat}) loses {near:?}");
        }
    }
}

/// Cells of the cover beyond the cone cost reads: its area stays close to the cone's.
#[test]
fn covers_are_tight() {
    let mut random = Random(99);
    for radius in [1e-6, 1e-4, 0.01, 1.0, 20.0, 90.0, 150.0] {
        let cones = 300;
        let area: f64 = (0..cones)
            .map(|_| {
                let lat = random.between(-1.0, 1.0).asin().to_degrees();
                let ranges = covered(&Cone::new(random.between(0.0, 360.0), lat, radius).unwrap());
                ranges.iter().map(|range| (range.end - range.start) as f64).sum::<f64>()
            })
            .sum();
        let cone = (radius.to_radians() / 2.0).sin().powi(2) * CELLS as f64;
        let excess = area / f64::from(cones) / cone;
        println!("radius {radius}: {excess:.3} times the cone's area");
        assert!(
            excess < if radius < 0.3 { 1.9 } else { 1.5 },
            "radius {radius}: {excess} times the cone's area"
        );
    }
}
