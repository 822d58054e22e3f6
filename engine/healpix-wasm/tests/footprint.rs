//! Regions that have a point in common overlap, whatever their kinds, and share a cell of their covers: random pairs, of which
//! points are tried. What overlaps is judged in the plane: a gnomonic projection turns great circles into lines.

use std::f64::consts::PI;

use healpix::footprint::{few_cells, Footprints, Test};
use healpix::overlap::{contain, overlap};
use healpix::region::Region;
use healpix::ORDER;

#[allow(dead_code)]
mod sky;
use sky::{at, cell_of, count, Random};

const POLYGON: u32 = 0;
const ZONE: u32 = 2;
const CIRCLE: u32 = 3;

const MOST: usize = 16;

type Position = (f64, f64);

fn random_centre(random: &mut Random) -> Position {
    let lon = match random.unit() {
        u if u < 0.7 => random.between(0.0, 360.0),
        _ => random.pick(&[0.0, 45.0, 90.0, 359.999, 1e-3]),
    };
    let lat = match random.unit() {
        u if u < 0.7 => random.between(-1.0, 1.0).asin().to_degrees(),
        _ => random.pick(&[-90.0, 90.0, 0.0, 89.9, -89.0, 41.8]),
    };
    (lon, lat)
}

/// Corners around a centre, in order, at most `size` degrees from it.
fn star(random: &mut Random, centre: Position, size: f64) -> Vec<Position> {
    let n = 3 + (random.unit() * 6.0) as usize;
    let roughness = random.pick(&[0.0, 0.3, 0.8]);
    let twist = random.unit();
    let mut corners: Vec<Position> = (0..n)
        .map(|i| {
            let bearing = 2.0 * PI * (i as f64 + twist) / n as f64;
            at(centre, size * (1.0 - roughness * random.unit()), bearing)
        })
        .collect();
    if random.unit() < 0.5 {
        corners.reverse();
    }
    corners
}

fn polygon(corners: &[Position]) -> Region {
    let numbers: Vec<f64> = corners.iter().flat_map(|&(lon, lat)| [lon, lat]).collect();
    Region::new(POLYGON, &numbers).expect("a polygon")
}

/// A region of any kind, about as large as `size` degrees, and positions in and around it.
fn random_region(random: &mut Random, centre: Position, size: f64, zones: bool) -> (Region, Vec<Position>) {
    let around: Vec<Position> = (0..100)
        .map(|_| at(centre, size * random.unit().sqrt() * 1.1, random.between(0.0, 2.0 * PI)))
        .collect();
    let region = match random.unit() {
        u if u < 0.5 => polygon(&star(random, centre, size)),
        u if u < 0.8 || !zones => Region::new(CIRCLE, &[centre.0, centre.1, size]).expect("a circle"),
        _ => {
            let width = (size / centre.1.to_radians().cos().max(1e-3)).min(179.0);
            let (south, north) = ((centre.1 - size).max(-90.0), (centre.1 + size).min(90.0));
            let lon = |lon: f64| lon.rem_euclid(360.0).min(360.0);
            let zone = [lon(centre.0 - width), lon(centre.0 + width), south, north];
            Region::new(ZONE, &zone).expect("a zone")
        }
    };
    (region, around)
}

fn random_pair(random: &mut Random) -> (Region, Region, Vec<Position>) {
    let centre = random_centre(random);
    let size = 10f64.powf(random.between(-4.0, 1.8));
    let other_size = (size * 10f64.powf(random.between(-1.5, 1.5))).min(80.0);
    let apart = (size + other_size) * random.pick(&[0.5, 0.9, 1.0, 1.5, 2.0]) * random.between(0.3, 1.0);
    let other_centre = at(centre, apart.min(179.0), random.between(0.0, 2.0 * PI));
    let (a, mut positions) = random_region(random, centre, size, true);
    let (b, more) = random_region(random, other_centre, other_size, false);
    positions.extend(more);
    (a, b, positions)
}

fn cells(region: &Region) -> Vec<(i64, i64)> {
    let ranges = few_cells(region, MOST).into_iter().map(|(order, cell)| {
        let shift = 2 * (ORDER - order);
        (cell << shift, (cell + 1) << shift)
    });
    ranges.collect()
}

#[test]
fn what_has_a_point_in_common_overlaps_and_shares_a_cell() {
    let mut random = Random(20_261_121);
    let pairs = count("HEALPIX_FOOTPRINT_PAIRS", 4_000);
    let (mut common, mut overlapping) = (0, 0);
    for _ in 0..pairs {
        let (a, b, positions) = random_pair(&mut random);
        let found = overlap(&a, &b).expect("a pair that can be tested");
        assert_eq!(overlap(&b, &a), Some(found));
        let covers = (cells(&a), cells(&b));
        for &(lon, lat) in &positions {
            let cell = cell_of((lon, lat));
            for (region, cover) in [(&a, &covers.0), (&b, &covers.1)] {
                assert!(cover.len() <= MOST);
                let covered = cover.iter().any(|&(start, end)| start <= cell && cell < end);
                assert!(covered || !region.contains(lon, lat), "a cover loses ({lon}, {lat})");
            }
        }
        if let Some(at) = positions.iter().find(|&&(lon, lat)| a.contains(lon, lat) && b.contains(lon, lat)) {
            assert!(found, "{at:?} is in both");
            common += 1;
        }
        if found {
            let touch = covers.0.iter().any(|a| covers.1.iter().any(|b| a.0 < b.1 && b.0 < a.1));
            assert!(touch, "regions that overlap share no cell");
            overlapping += 1;
        }
    }
    println!("{pairs} pairs: {overlapping} overlap, {common} share a point that was tried");
    assert!(common > pairs / 4 && overlapping > common && overlapping < pairs * 9 / 10);
}

/// By the positions in the plane that touches the sphere in a centre.
fn plane(centre: Position, (lon, lat): Position) -> (f64, f64) {
    let (sin, cos) = (lat.to_radians().sin(), lat.to_radians().cos());
    let (sin_0, cos_0) = (centre.1.to_radians().sin(), centre.1.to_radians().cos());
    let offset = (lon - centre.0).to_radians();
    let depth = sin_0 * sin + cos_0 * cos * offset.cos();
    (cos * offset.sin() / depth, (cos_0 * sin - sin_0 * cos * offset.cos()) / depth)
}

/// Whether two polygons of the plane overlap, and by how much the answer is sure.
fn overlap_in_plane(a: &[(f64, f64)], b: &[(f64, f64)]) -> (bool, f64) {
    let turn =
        |p: (f64, f64), q: (f64, f64), r: (f64, f64)| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    let edges = |polygon: &[(f64, f64)]| -> Vec<((f64, f64), (f64, f64))> {
        polygon.iter().copied().zip(polygon.iter().copied().cycle().skip(1)).collect()
    };
    let inside = |p: (f64, f64), polygon: &[(f64, f64)]| {
        edges(polygon)
            .iter()
            .filter(|(q, r)| (q.1 > p.1) != (r.1 > p.1) && (turn(*q, *r, p) > 0.0) == (r.1 > q.1))
            .count()
            % 2
            == 1
    };
    let mut sure = f64::INFINITY;
    let mut crossing = false;
    for (p, q) in edges(a) {
        for (r, s) in edges(b) {
            let turns = [turn(p, q, r), turn(p, q, s), turn(r, s, p), turn(r, s, q)];
            let scale = (q.0 - p.0).hypot(q.1 - p.1) * (s.0 - r.0).hypot(s.1 - r.1);
            sure = turns.iter().fold(sure, |least, turn| least.min(turn.abs() / scale));
            crossing |= turns[0] * turns[1] < 0.0 && turns[2] * turns[3] < 0.0;
        }
    }
    (crossing || inside(a[0], b) || inside(b[0], a), sure)
}

#[test]
fn polygons_overlap_as_they_do_in_the_plane() {
    let mut random = Random(7);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..5_000 {
        let centre = random_centre(&mut random);
        let size = 10f64.powf(random.between(-4.0, 1.3));
        let other = size * random.pick(&[0.1, 0.5, 1.0, 1.5]);
        let apart = (size + other) * random.unit();
        let a = star(&mut random, centre, size);
        let place = at(centre, apart, random.between(0.0, 2.0 * PI));
        let b = star(&mut random, place, other);
        let flat = |corners: &[Position]| corners.iter().map(|&at| plane(centre, at)).collect::<Vec<_>>();
        let (judged, sure) = overlap_in_plane(&flat(&a), &flat(&b));
        if sure < 1e-9 {
            continue;
        }
        assert_eq!(overlap(&polygon(&a), &polygon(&b)), Some(judged), "{a:?} {b:?}");
        *(if judged { &mut yes } else { &mut no }) += 1;
    }
    assert!(yes > 1000 && no > 1000, "{yes} overlap, {no} do not");
}

#[test]
fn what_contains_overlaps_and_holds_every_point() {
    let mut random = Random(3);
    let mut containing = 0;
    for _ in 0..5_000 {
        let centre = random_centre(&mut random);
        let size = 10f64.powf(random.between(-4.0, 1.8));
        let (a, _) = random_region(&mut random, centre, size, false);
        let place = at(centre, size * random.unit() * 0.5, random.between(0.0, 2.0 * PI));
        let smaller = size * random.unit();
        let (b, positions) = random_region(&mut random, place, smaller, false);
        if contain(&a, &b) == Some(true) {
            containing += 1;
            assert_eq!(overlap(&a, &b), Some(true));
            let lost = positions.iter().find(|&&(lon, lat)| b.contains(lon, lat) && !a.contains(lon, lat));
            assert_eq!(lost, None);
        } else {
            // Then a point of the inner one's border or inside is outside: most often one that was tried.
            assert!(contain(&b, &a) != Some(true) || smaller > 0.2 * size);
        }
    }
    assert!(containing > 700, "{containing}");
}

#[test]
fn regions_that_touch_overlap_and_contain_themselves() {
    let tile = |lon: f64| polygon(&[(lon, 10.0), (lon + 1.0, 10.0), (lon + 1.0, 11.0), (lon, 11.0)]);
    assert_eq!(overlap(&tile(5.0), &tile(6.0)), Some(true));
    assert_eq!(overlap(&tile(5.0), &tile(6.0001)), Some(false));
    assert_eq!(contain(&tile(5.0), &tile(5.0)), Some(true));
    assert_eq!(overlap(&tile(5.0), &tile(5.0)), Some(true));
    let circle = |lon: f64, radius: f64| Region::new(CIRCLE, &[lon, 0.0, radius]).unwrap();
    assert_eq!(overlap(&circle(359.0, 1.0), &circle(1.0, 1.0)), Some(true));
    assert_eq!(overlap(&circle(359.0, 0.99), &circle(1.0, 1.0)), Some(false));
    assert_eq!(contain(&circle(0.0, 180.0), &tile(5.0)), Some(true));
    assert_eq!(contain(&circle(180.0, 179.0), &tile(5.0)), Some(true));
    assert_eq!(contain(&circle(185.5, 165.0), &tile(5.0)), Some(false));
    let sky = Region::new(ZONE, &[0.0, 360.0, -90.0, 90.0]).unwrap();
    let band = Region::new(ZONE, &[0.0, 360.0, -2.0, 2.0]).unwrap();
    assert_eq!((overlap(&sky, &tile(5.0)), overlap(&band, &tile(5.0))), (Some(true), Some(false)));
    let cap = Region::new(ZONE, &[10.0, 20.0, 89.0, 90.0]).unwrap();
    let around_pole = polygon(&[(0.0, 89.9), (120.0, 89.9), (240.0, 89.9)]);
    assert_eq!(overlap(&cap, &around_pole), Some(true));
    // A zone in the middle of a polygon, and one beside it in longitude alone.
    let large = polygon(&[(350.0, -10.0), (10.0, -10.0), (10.0, 10.0), (350.0, 10.0)]);
    let zone = |west: f64, east: f64| Region::new(ZONE, &[west, east, -1.0, 1.0]).unwrap();
    assert_eq!(overlap(&zone(359.0, 1.0), &large), Some(true));
    assert_eq!(overlap(&zone(10.001, 349.999), &large), Some(false));
    assert_eq!(overlap(&zone(9.999, 20.0), &large), Some(true));
}

#[test]
fn a_footprint_without_a_polygon_is_a_circle() {
    let nan = f64::NAN;
    let footprints = Footprints {
        vertices: &[10.0, 0.0, 11.0, 0.0, 11.0, 1.0, 20.0, 0.0, 20.0, 0.0, 20.0, 0.0],
        offsets: &[0, 6, 12, 12, 12, 12],
        lon: &[10.7, 20.0, 30.0, 40.0, nan],
        lat: &[0.3, 0.0, 0.0, 0.0, 0.0],
        diameter: &[9.0, 2.0, nan, 999.0, 1.0],
    };
    let passes = |lon: f64, test: Test| {
        let point = Region::new(CIRCLE, &[lon, 0.5, 0.0]).unwrap();
        (0..5).filter(|&at| footprints.passes(at, &point, test).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(passes(10.8, Test::Overlaps), [0, 3]);
    assert_eq!(passes(12.0, Test::Covers), [3]);
    assert_eq!(passes(20.3, Test::Covers), [1, 3]);
    let around = Region::new(CIRCLE, &[30.0, 0.0, 12.0]).unwrap();
    let enclosed: Vec<_> =
        (0..5).filter(|&at| footprints.passes(at, &around, Test::Enclosed).unwrap()).collect();
    assert_eq!(enclosed, [1, 2]);
}
