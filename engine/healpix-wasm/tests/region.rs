//! No polygon, box or zone loses a position, and full ranges hold no stranger: random (region, position) pairs, with positions
//! crowded along the edges. What is inside is judged again by other means.
//!
//! `HEALPIX_REGION_PAIRS=20000000 cargo test --release --test region -- --nocapture` runs more pairs than the default.

use std::f64::consts::PI;

use healpix::descent::Range;
use healpix::region::Region;
use healpix::vector::{cross, dot, length, minus, plus, scaled, vector, Vector};
use healpix::CELLS;

mod sky;
use sky::{at, cell_of, count, find, transition, Random};

const POLYGON: u32 = 0;
const BOX: u32 = 1;
const ZONE: u32 = 2;
const CIRCLE: u32 = 3;

type Position = (f64, f64);

fn covered(region: &Region) -> Vec<Range> {
    let mut ranges = Vec::new();
    region.cover(|range| ranges.push(range));
    for range in &ranges {
        assert!(0 <= range.start && range.start < range.end && range.end <= CELLS, "{range:?}");
    }
    for pair in ranges.windows(2) {
        let merged = pair[0].end < pair[1].start || pair[0].full != pair[1].full;
        assert!(pair[0].end <= pair[1].start && merged, "{pair:?}");
    }
    ranges
}

fn random_centre(random: &mut Random) -> Position {
    let lon = match random.unit() {
        u if u < 0.7 => random.between(0.0, 360.0),
        u if u < 0.9 => random.pick(&[0.0, 45.0, 90.0, 180.0, 315.0, 360.0]),
        _ => random.pick(&[1e-9, 1e-3, 359.999, 90.0 + 1e-9]),
    };
    let lat = match random.unit() {
        u if u < 0.7 => random.between(-1.0, 1.0).asin().to_degrees(),
        u if u < 0.9 => random.pick(&[-90.0, 90.0, 0.0, transition(), -transition()]),
        _ => random.pick(&[90.0 - 1e-9, 1e-3 - 90.0, 89.9, -89.0]),
    };
    (lon, lat)
}

/// A polygon that is a star around its centre: a corner at each bearing, in order, at any distance.
struct Star {
    centre: Position,
    corners: Vec<Position>,
}

impl Star {
    fn random(random: &mut Random) -> Star {
        let centre = random_centre(random);
        let size = 10f64.powf(random.between(-6.0, 80f64.log10()));
        let n = 3 + (random.unit() * random.pick(&[1.0, 3.0, 20.0])) as usize;
        let roughness = random.pick(&[0.0, 0.5, 0.95]);
        let any = random.unit();
        let twist = random.pick(&[0.0, 0.25, any]);
        let mut corners: Vec<Position> = (0..n)
            .map(|i| {
                let bearing = 2.0 * PI * (i as f64 + twist) / n as f64;
                at(centre, size * (1.0 - roughness * random.unit()), bearing)
            })
            .collect();
        if random.unit() < 0.5 {
            corners.reverse();
        }
        Star { centre, corners }
    }

    /// By the triangles of the centre and each edge, which tell their three sides by the sign of a determinant.
    fn contains(&self, position: Vector) -> bool {
        let centre = vector(self.centre.0, self.centre.1);
        self.edges().any(|(a, b)| {
            let turn = dot(cross(minus(a, centre), minus(b, centre)), centre).signum();
            let side = |from, to| turn * dot(cross(minus(from, to), plus(from, to)), minus(position, from));
            // On a ray from the centre, rounding must not put a position outside of both triangles.
            let ray = |from, to| side(from, to) >= -4e-15 * length(minus(from, to));
            side(a, b) >= 0.0 && ray(b, centre) && ray(centre, a)
        })
    }

    fn edges(&self) -> impl Iterator<Item = (Vector, Vector)> + '_ {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().zip(next).map(|(a, b)| (vector(a.0, a.1), vector(b.0, b.1)))
    }

    /// Positions on an edge, or as far from it as part of its length; at a corner; anywhere.
    fn random_position(&self, random: &mut Random) -> Position {
        let edges: Vec<_> = self.edges().collect();
        let (a, b) = edges[(random.unit() * edges.len() as f64) as usize];
        let span = length(minus(a, b));
        let along = match random.unit() {
            u if u < 0.2 => random.pick(&[0.0, 1.0, 0.5, 1e-9]),
            _ => random.unit(),
        };
        let on_edge = plus(scaled(a, 1.0 - along), scaled(b, along));
        let away =
            random.pick(&[0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.1, 1.0]) * span * random.pick(&[-1.0, 1.0]);
        let normal = cross(a, b);
        let normal = scaled(normal, away / length(normal));
        match random.unit() {
            u if u < 0.7 => position_of(plus(scaled(on_edge, 1.0 / length(on_edge)), normal)),
            u if u < 0.95 => at(self.centre, random.unit() * 100.0 * span, random.between(0.0, 2.0 * PI)),
            _ => random_centre(random),
        }
    }
}

fn position_of(v: Vector) -> Position {
    let lon = v[1].atan2(v[0]).to_degrees().rem_euclid(360.0);
    (lon, v[2].atan2(v[0].hypot(v[1])).to_degrees())
}

/// The least distance from an edge, in radians; by steps along it, so only an upper bound.
fn is_near_an_edge(star: &Star, position: Vector) -> bool {
    star.edges().any(|(a, b)| {
        let normal = cross(minus(a, b), plus(a, b));
        dot(scaled(normal, 1.0 / length(normal)), minus(position, a)).abs() < 1e-13
    })
}

/// One region against positions. Returns how many were inside, and in full ranges.
fn check(
    region: &Region,
    positions: impl Iterator<Item = Position>,
    what: &dyn std::fmt::Debug,
) -> (usize, usize, usize) {
    let ranges = covered(region);
    let (mut inside, mut in_full) = (0, 0);
    for (lon, lat) in positions {
        let range = find(&ranges, cell_of((lon, lat)));
        if region.contains(lon, lat) {
            assert!(range.is_some(), "{what:?} loses ({lon}, {lat})");
            inside += 1;
            in_full += usize::from(range.is_some_and(|range| range.full));
        } else {
            assert!(!range.is_some_and(|range| range.full), "{what:?}: a full range holds ({lon}, {lat})");
        }
    }
    (inside, in_full, ranges.len())
}

const POSITIONS: usize = 200;

/// Regions for a number of pairs, checked; their totals.
fn run(name: &str, mut one: impl FnMut(&mut Random) -> (usize, usize, usize)) {
    let pairs = count("HEALPIX_REGION_PAIRS", 200_000);
    let mut random = Random(count("HEALPIX_REGION_SEED", 20_261_121) as u64);
    let (mut inside, mut in_full, mut most) = (0, 0, 0);
    for _ in 0..pairs.div_ceil(POSITIONS) {
        let (more, full, ranges) = one(&mut random);
        inside += more;
        in_full += full;
        most = most.max(ranges);
    }
    println!(
        "{name}: {pairs} pairs: {inside} inside, {in_full} of them in full ranges; at most {most} ranges"
    );
    assert!(inside > pairs / 5 && in_full > pairs / 100, "the pairs must exercise both kinds of range");
    assert!(most < 400, "a cover of {most} ranges");
}

#[test]
fn polygons_lose_no_position() {
    run("polygons", |random| {
        let star = Star::random(random);
        let numbers: Vec<f64> = star.corners.iter().flat_map(|&(lon, lat)| [lon, lat]).collect();
        let region = Region::new(POLYGON, &numbers).expect("a polygon");
        let positions: Vec<Position> = (0..POSITIONS).map(|_| star.random_position(random)).collect();
        for &(lon, lat) in &positions {
            let position = vector(lon, lat);
            assert!(
                region.contains(lon, lat) == star.contains(position) || is_near_an_edge(&star, position),
                "({lon}, {lat}) in {:?} around {:?}: {}",
                star.corners,
                star.centre,
                region.contains(lon, lat)
            );
        }
        check(&region, positions.into_iter(), &star.corners)
    });
}

#[test]
fn boxes_lose_no_position() {
    run("boxes", |random| {
        let (lon, lat) = random_centre(random);
        let mut size = || 10f64.powf(random.between(-6.0, 179f64.log10()));
        let (width, height) = (size(), size());
        let numbers = [lon, lat, width, height];
        let region = Region::new(BOX, &numbers).expect("a box");
        // In the frame of the box: forward, east and north.
        let forward = vector(lon, lat);
        let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
        let east = [-sin_lon, cos_lon, 0.0];
        let north = cross(forward, east);
        let (wide, high) = ((0.5 * width).to_radians().tan(), (0.5 * height).to_radians().tan());
        let positions: Vec<Position> = (0..POSITIONS)
            .map(|_| {
                let mut part = || match random.unit() {
                    u if u < 0.5 => random.between(-1.2, 1.2),
                    _ => random.pick(&[-1.0, 1.0, 0.0, 1.0 - 1e-12, 1.0 + 1e-12, -1.0 + 1e-9, 1.001]),
                };
                let (x, y) = (part() * wide, part() * high);
                position_of(plus(forward, plus(scaled(east, x), scaled(north, y))))
            })
            .collect();
        for &(lon, lat) in &positions {
            let v = vector(lon, lat);
            let (x, y, z) = (dot(v, forward), dot(v, east), dot(v, north));
            // Distance from the four great circles.
            let sides = [(x * wide - y.abs()) / wide.hypot(1.0), (x * high - z.abs()) / high.hypot(1.0)];
            let margin = sides.into_iter().fold(x, f64::min);
            assert!(
                region.contains(lon, lat) == (margin >= 0.0) || margin.abs() < 1e-13,
                "({lon}, {lat}) in {numbers:?}: {margin}"
            );
        }
        check(&region, positions.into_iter(), &numbers)
    });
}

#[test]
fn zones_lose_no_position() {
    run("zones", |random| {
        let (lon, lat) = random_centre(random);
        let width = random.pick(&[0.0, 1e-9, 1e-3, 1.0, 100.0, 359.9]) * random.unit();
        let height = random.pick(&[0.0, 1e-9, 1e-3, 1.0, 40.0, 170.0]) * random.unit();
        let (east, north) = ((lon + width) % 360.0, (lat + height).min(90.0));
        let whole = random.unit() < 0.1;
        let numbers = if whole { [0.0, 360.0, lat, north] } else { [lon, east, lat, north] };
        let region = Region::new(ZONE, &numbers).expect("a zone");
        let positions: Vec<Position> = (0..POSITIONS)
            .map(|_| {
                let mut part = |near: f64| match random.unit() {
                    u if u < 0.5 => random.unit(),
                    _ => random.pick(&[0.0, 1.0, 0.5, -near, 1.0 + near, 1.1, -0.1]),
                };
                let (x, y) = (part(1e-12), part(1e-9));
                ((lon + x * width).rem_euclid(360.0), (lat + y * height).clamp(-90.0, 90.0))
            })
            .collect();
        check(&region, positions.into_iter(), &numbers)
    });
}

/// Sampling can miss a sliver of a cell: ask all cells of an order. One whose centre is inside must be covered.
#[test]
fn cells_whose_centre_is_inside_are_covered() {
    let mut random = Random(11);
    for order in [3u8, 5] {
        let layer = cdshealpix::nested::get(order);
        for _ in 0..200 {
            let star = Star::random(&mut random);
            let numbers: Vec<f64> = star.corners.iter().flat_map(|&(lon, lat)| [lon, lat]).collect();
            let (lon, lat) = star.centre;
            let regions = [
                Region::new(POLYGON, &numbers),
                Region::new(BOX, &[lon, lat, random.between(1.0, 179.0), random.between(1.0, 179.0)]),
                Region::new(ZONE, &[lon, random.between(0.0, 360.0), lat, random.between(lat, 90.0)]),
            ];
            let centres = (0..layer.n_hash()).map(|cell| {
                let (lon, lat) = layer.center(cell);
                (lon.to_degrees() % 360.0, lat.to_degrees())
            });
            for region in regions.into_iter().flatten() {
                check(&region, centres.clone(), &(&numbers, lon, lat));
            }
        }
    }
}

#[test]
fn either_winding_is_the_smaller_side() {
    let around_pole = |lat: f64| [0.0, 90.0, 180.0, 270.0].map(|lon| (lon, lat));
    for lat in [60.0, -60.0] {
        let mut corners = around_pole(lat);
        for _ in 0..2 {
            let region = Region::new(POLYGON, &corners.map(|(lon, lat)| [lon, lat]).concat()).unwrap();
            assert!(region.contains(12.0, 90f64.copysign(lat)) && region.contains(200.0, 1.4 * lat));
            assert!(!region.contains(12.0, 0.0) && !region.contains(12.0, -90f64.copysign(lat)));
            corners.reverse();
        }
    }
    // A triangle of an octant, across longitude 0.
    let octant = Region::new(POLYGON, &[315.0, 0.0, 45.0, 0.0, 123.0, 90.0]).unwrap();
    assert!(octant.contains(0.0, 10.0) && octant.contains(350.0, 80.0) && octant.contains(-5.0, 1.0));
    assert!(!octant.contains(180.0, 89.0) && !octant.contains(0.0, -1.0));
    assert!(!octant.contains(f64::NAN, 10.0) && !octant.contains(0.0, f64::INFINITY));
}

#[test]
fn what_is_no_region_is_refused() {
    let nan = f64::NAN;
    for (kind, numbers) in [
        (POLYGON, &[][..]),
        (POLYGON, &[0.0, 0.0, 1.0, 0.0]),
        (POLYGON, &[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 2.0]),
        (POLYGON, &[0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 360.0, 0.0]),
        (POLYGON, &[0.0, 0.0, 180.0, 0.0, 90.0, 45.0]),
        (POLYGON, &[0.0, 90.0, 180.0, 90.0, 77.0, 90.0, 0.0, 0.0]),
        (POLYGON, &[0.0, 0.0, 1.0, 0.0, nan, 1.0]),
        (POLYGON, &[0.0, 0.0, 1.0, 0.0, 361.0, 1.0]),
        (BOX, &[0.0, 0.0, 0.0, 1.0]),
        (BOX, &[0.0, 0.0, 1.0, 180.0]),
        (BOX, &[0.0, 0.0, 1.0]),
        (BOX, &[nan, 0.0, 1.0, 1.0]),
        (ZONE, &[0.0, 1.0, 1.0, 0.0]),
        (ZONE, &[0.0, 361.0, 0.0, 1.0]),
        (ZONE, &[0.0, 1.0, nan, 1.0]),
        (CIRCLE, &[0.0, 0.0, 181.0]),
        (CIRCLE, &[0.0, 0.0, 1.0, 1.0]),
        (4, &[0.0, 0.0, 1.0]),
    ] {
        assert!(Region::new(kind, numbers).is_none(), "kind {kind}: {numbers:?}");
    }
}

/// Cells of the cover beyond the region cost reads.
#[test]
fn covers_are_tight() {
    let mut random = Random(5);
    for size in [1e-4, 0.1, 10.0] {
        let excess: f64 = (0..200)
            .map(|_| {
                let (lon, lat) = at((0.0, 0.0), random.between(0.0, 180.0), random.between(0.0, 6.3));
                let region = Region::new(BOX, &[lon, lat, size, size]).unwrap();
                let cells: i64 = covered(&region).iter().map(|range| range.end - range.start).sum();
                let half = (0.5 * size).to_radians();
                let area = 4.0 * (half.sin() * half.sin()).asin();
                cells as f64 / CELLS as f64 * 4.0 * PI / area
            })
            .sum();
        println!("boxes of {size}°: {:.3} times their area", excess / 200.0);
        assert!(excess / 200.0 < 1.7);
    }
}
