import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { at, CELLS, catalogue, cones, degrees, flagOf, hashOne, kernel, separation } from '../../test/sky.ts';
import { createKernel, KernelError } from './index.ts';

test('hash gives the cells that healpy gives', () => {
  // healpy 1.20: ang2pix(2**29, lon, lat, nest=True, lonlat=True); Sirius, Vega, Polaris, both poles, the origin.
  const lon = [101.287155333, 279.234734787, 37.954560667, 0, 0, 0];
  const lat = [-16.716115861, 38.783688956, 89.264108972, 90, -90, 0];
  assert.deepEqual(
    [...kernel.hash(Float64Array.from(lon), Float64Array.from(lat))],
    [
      1473525291994262209n,
      1048946924800220628n,
      288201323344894056n,
      288230376151711743n,
      2305843009213693952n,
      1369094286720630784n,
    ],
  );
});

test('hash spans its blocks and takes empty columns', () => {
  const { lon, lat, index } = catalogue(40_000, 1);
  assert.deepEqual(kernel.hash(lon, lat), index);
  assert.equal(hashOne(lon[39_999]!, lat[39_999]!), index[39_999]);
  assert.equal(kernel.hash(new Float64Array(0), new Float64Array(0)).length, 0);
});

test('longitudes are periodic', () => {
  assert.equal(hashOne(-160.25, 33), hashOne(199.75, 33));
  assert.equal(hashOne(360, -12), hashOne(0, -12));
});

test('center and vertices surround a cell', () => {
  assert.deepEqual(kernel.center(0, 4n), { lon: 0, lat: 0 });
  const corners = kernel.vertices(0, 4n).map(({ lon, lat }) => [lon.toFixed(9), lat.toFixed(9)]);
  const transition = (Math.asin(2 / 3) / degrees).toFixed(9);
  assert.deepEqual(corners, [
    ['0.000000000', `-${transition}`],
    ['45.000000000', '0.000000000'],
    ['0.000000000', transition],
    ['315.000000000', '0.000000000'],
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 29 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (order, at) => {
        const pixel = (BigInt(Math.floor(at * 2 ** 40)) * (12n << (2n * BigInt(order)))) >> 40n;
        const { lon, lat } = kernel.center(order, pixel);
        assert.equal(hashOne(lon, lat) >> (2n * BigInt(29 - order)), pixel);
      },
    ),
  );
});

test('ranges are sorted, disjoint, merged and few', () => {
  fc.assert(
    fc.property(cones, (cone) => {
      const { start, end, full } = kernel.coneRanges(cone);
      assert.ok(start.length > 0 && start.length < 200);
      assert.ok(start[0]! >= 0n && end.at(-1)! <= CELLS);
      start.forEach((_, i) => {
        assert.ok(start[i]! < end[i]!);
        if (i > 0) assert.ok(end[i - 1]! < start[i]! || (end[i - 1] === start[i] && full[i - 1] !== full[i]));
      });
    }),
    { numRuns: 500 },
  );
});

test('every position of a cone is in its ranges, and full ranges hold nothing else', () => {
  const distance = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 1 - 1e-12, 1 - 1e-6, 1, 1 + 1e-12, 1.001),
  );
  const bearing = fc.oneof(fc.double({ min: 0, max: 360, noNaN: true }), fc.constantFrom(0, 90, 180, 270));
  const offsets = fc.array(fc.tuple(distance, bearing), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(cones, offsets, (cone, offsets) => {
      const ranges = kernel.coneRanges(cone);
      for (const [fraction, bearing] of offsets) {
        const [lon, lat] = at(cone, Math.min(180, cone.radius * fraction), bearing);
        const flag = flagOf(ranges, hashOne(lon, lat));
        if (separation(cone, lon, lat) <= cone.radius)
          assert.notEqual(flag, undefined, `lost (${lon}, ${lat})`);
        else assert.notEqual(flag, 1, `(${lon}, ${lat}) is in a full range`);
      }
    }),
    { numRuns: 1000 },
  );
});

test('radius 0 covers the point, radius 180 the sky', () => {
  assert.notEqual(flagOf(kernel.coneRanges({ lon: 12, lat: 34, radius: 0 }), hashOne(12, 34)), undefined);
  const sky = kernel.coneRanges({ lon: 12, lat: 34, radius: 180 });
  assert.deepEqual(sky, {
    start: BigInt64Array.of(0n),
    end: BigInt64Array.of(CELLS),
    full: Uint8Array.of(1),
  });
});

test('results survive later calls and memory growth', () => {
  const cone = { lon: 1, lat: 2, radius: 3 };
  const before = kernel.coneRanges(cone);
  const copy = structuredClone(before);
  catalogue(500_000, 4);
  const grown = Array.from({ length: 40 }, () => kernel.rowIndex(new BigInt64Array(1_000_000)));
  assert.deepEqual(before, copy);
  assert.deepEqual(kernel.coneRanges(cone), copy);
  for (const index of grown) index.free();
});

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test('bad cones are refused by name and value', () => {
  const good = { lon: 10, lat: 20, radius: 1 };
  const bad = {
    lon: [-1e-9, 360.001, ...NOT_FINITE],
    lat: [-90.1, 90.1, ...NOT_FINITE],
    radius: [-1, 180.1, ...NOT_FINITE],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      const cone = { ...good, [name]: value };
      const expected = (error: unknown) =>
        error instanceof KernelError &&
        error.message.startsWith(`the cone's ${name} is ${value}: it must be in [`);
      assert.throws(() => kernel.coneRanges(cone), expected);
    }
  }
});

test('bad positions are refused by row', () => {
  for (const [lon, lat] of [
    ...NOT_FINITE.flatMap((x) => [
      [x, 0],
      [0, x],
    ]),
    [361, 0],
    [0, 90.1],
  ] as [number, number][]) {
    const lons = new Float64Array(20_000);
    const lats = new Float64Array(20_000);
    lons[17_000] = lon;
    lats[17_000] = lat;
    assert.throws(() => kernel.hash(lons, lats), { name: 'KernelError', message: /^row 17000: position \(/ });
  }
});

test('bad lengths and cells are refused', () => {
  const throws = (call: () => unknown, message: RegExp) =>
    assert.throws(call, { name: 'KernelError', message });
  throws(() => kernel.hash(new Float64Array(2), new Float64Array(3)), /lon 2, lat 3/);
  for (const [order, pixel] of [
    [-1, 0n],
    [30, 0n],
    [1.5, 0n],
    [Number.NaN, 0n],
    [0, -1n],
    [0, 12n],
    [29, CELLS],
  ] as [number, bigint][]) {
    throws(() => kernel.center(order, pixel), /there is no cell/);
    throws(() => kernel.vertices(order, pixel), /there is no cell/);
  }
});

test('a module that is not the kernel fails with a clear error', () => {
  const empty = createKernel(new WebAssembly.Module(Buffer.from('0061736d01000000', 'hex')));
  assert.throws(() => empty.coneRanges({ lon: 0, lat: 0, radius: 1 }), {
    name: 'KernelError',
    message: /kernel failed/,
  });
});

test('an instance that trapped is not used again', () => {
  // A module whose kernel_cone_ranges traps at its first call and returns 0 ranges ever after.
  const text = (name: string) =>
    name.length.toString(16).padStart(2, '0') + Buffer.from(name).toString('hex');
  const trapsOnce = [
    '0061736d01000000', // magic, version
    '010f 02 60017f017f 60057c7c7c7f7f017f', // types: (i32) → i32, (f64×3, i32×2) → i32
    '0303 02 00 01', // two functions
    '0503 01 0001', // one page of memory
    '0606 01 7f01 41000b', // a mutable i32, 0
    `072e 03 ${text('memory')}0200 ${text('kernel_alloc')}0000 ${text('kernel_cone_ranges')}0001`,
    '0a16 02', // code
    '04 00 4110 0b', // return 16
    '0f 00 2300 0440 4100 0f 0b 4101 2400 00 0b', // if (trapped) return 0; trapped = 1; unreachable
  ];
  const module = new WebAssembly.Module(Buffer.from(trapsOnce.join('').replaceAll(' ', ''), 'hex'));
  const kernel = createKernel(module);
  for (let call = 0; call < 2; call++) {
    assert.throws(
      () => kernel.coneRanges({ lon: 0, lat: 0, radius: 1 }),
      (error) => error instanceof KernelError && error.cause instanceof WebAssembly.RuntimeError,
    );
  }
});
