import type { ShapePoint } from './shape.ts';

/** Rotations from ICRS, row by row: those of catalog-export/database/migrations/0008-functions.sql, by astropy. */
export const MATRICES = {
  ICRS: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  FK5: [
    0.9999999999999921, -1.1102233297408327e-7, -4.411804498096771e-8, 1.1102233723050035e-7,
    0.9999999999999889, 9.647792246010129e-8, 4.411803426976326e-8, -9.647792751958126e-8, 0.9999999999999943,
  ],
  FK4: [
    0.9999256809514492, 0.011181371753884796, 0.004858960740738826, -0.011181372203849871, 0.9999374861373449,
    -2.707332853596656e-5, -0.0048589597052854224, -2.725853209429822e-5, 0.9999881948140961,
  ],
  GALACTIC: [
    -0.05487565771259163, -0.8734370519556159, -0.48383507361671546, 0.4941094371927268, -0.4448297212232952,
    0.7469821839866676, -0.8676661375596576, -0.19807633727300053, 0.4559838136873016,
  ],
  SUPER_GALACTIC: [
    0.37501555570303163, 0.34135887185624736, 0.8618801851683191, -0.8983204377276124, -0.09572710024885117,
    0.4287851600030194, 0.2288749093754372, -0.9350456902649068, 0.270750499492446,
  ],
  ECLIPTIC: [
    0.9999999999999941, -7.078368960971556e-8, 8.056213977613186e-8, 3.2897004077419646e-8,
    0.9174821299149584, 0.39777699944404793, -1.0207044725484355e-7, -0.39777699944404304, 0.9174821299149556,
  ],
} as const;

export type Frame = keyof typeof MATRICES;

/** The E-terms of aberration at B1950, which FK4 has. */
export const E_TERMS = [-1.6255741516894347e-6, -3.191905371563791e-7, -1.384290671929659e-7] as const;

const degrees = Math.PI / 180;

type Vector = readonly [x: number, y: number, z: number];

/** The place of a position in ICRS, in degrees, its longitude in 0…360. */
export function toIcrs(frame: Frame, { lon, lat }: ShapePoint): ShapePoint {
  if (frame === 'ICRS') return { lon, lat };
  const [a, b] = [lon * degrees, lat * degrees];
  const given: Vector = [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
  const [x, y, z] = frame === 'FK4' ? withoutETerms(given) : given;
  const rows = MATRICES[frame];
  const turned = [0, 1, 2].map(
    (at) => rows[at]! * x + rows[at + 3]! * y + rows[at + 6]! * z,
  ) as unknown as Vector;
  const longitude = Math.atan2(turned[1], turned[0]) / degrees;
  return {
    lon: longitude < 0 ? longitude + 360 : longitude,
    lat: Math.atan2(turned[2], Math.hypot(turned[0], turned[1])) / degrees,
  };
}

function withoutETerms(v: Vector): Vector {
  const along = E_TERMS[0] * v[0] + E_TERMS[1] * v[1] + E_TERMS[2] * v[2];
  const [x, y, z] = v.map((value, at) => value - E_TERMS[at]! + along * value);
  return [x!, y!, z!];
}
