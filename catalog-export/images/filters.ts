/** Wavelengths in vacuum that a filter lets through, in metres. */
export interface Band {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

const NANOMETRE = 1e-9;

/** Nanometres of each filter of a photometric system. */
type System = Readonly<Record<string, readonly [min: number, max: number]>>;

/** Effective wavelength and full width at half maximum, as the systems' papers list them. */
function centred(filters: Readonly<Record<string, readonly [centre: number, width: number]>>): System {
  return Object.fromEntries(
    Object.entries(filters).map(([name, [centre, width]]) => [
      name,
      [centre - width / 2, centre + width / 2] as const,
    ]),
  );
}

const SYSTEMS = {
  /** Bessell 2005, ARA&A 43, 293, Table 1. */
  Johnson: centred({
    U: [366.3, 65],
    B: [436.1, 89],
    V: [544.8, 84],
    R: [640.7, 158],
    I: [798, 154],
    J: [1220, 213],
    H: [1630, 307],
    K: [2190, 390],
  }),
  /** Fukugita et al. 1996, AJ 111, 1748. */
  SDSS: centred({
    u: [355.7, 59.9],
    g: [482.5, 137.9],
    r: [626.1, 138.2],
    i: [767.2, 153.5],
    z: [909.7, 137],
  }),
  /** Tonry et al. 2012, ApJ 750, 99, Table 4: where half of the light comes through. */
  PS1: { g: [414, 551], r: [550, 689], i: [690, 819], z: [818, 922], y: [918, 1001] },
  /** Cohen, Wheaton & Megeath 2003, AJ 126, 1090. */
  '2MASS': centred({ J: [1235, 162], H: [1662, 251], Ks: [2159, 262], K: [2159, 262] }),
  /** Riello et al. 2021, A&A 649, A3. */
  Gaia: { G: [330, 1050], BP: [330, 680], RP: [630, 1050], RVS: [845, 872] },
  /** Flaugher et al. 2015, AJ 150, 150. */
  DECam: { u: [355, 415], g: [398, 548], r: [568, 716], i: [710, 857], z: [850, 1002], Y: [953, 1065] },
  /** Cenarro et al. 2019, A&A 622, A176, Table 3. */
  'J-PLUS': centred({
    uJAVA: [348.5, 50.8],
    J0378: [378.5, 16.8],
    J0395: [395, 10],
    J0410: [410, 20],
    J0430: [430, 20],
    gSDSS: [480.3, 140.9],
    J0515: [515, 20],
    rSDSS: [625.4, 138.8],
    J0660: [660, 13.8],
    iSDSS: [766.8, 153.5],
    J0861: [861, 40],
    zSDSS: [911.4, 140.9],
  }),
  /** Morrissey et al. 2007, ApJS 173, 682. */
  GALEX: { FUV: [134.4, 178.6], NUV: [177.1, 283.1] },
  /** Jarrett et al. 2011, ApJ 735, 112. */
  WISE: { W1: [2754, 3872], W2: [3963, 5341], W3: [7443, 17260], W4: [19520, 27910] },
  /** Fazio et al. 2004, ApJS 154, 10. */
  IRAC: centred({ '1': [3550, 750], '2': [4493, 1015], '3': [5731, 1425], '4': [7872, 2905] }),
} as const satisfies Record<string, System>;

/** How headers write the systems, in filters' names or as the survey's or instrument's. */
const SYSTEM_WORDS: readonly (readonly [RegExp, keyof typeof SYSTEMS])[] = [
  [/2[ _-]?mass/i, '2MASS'],
  [/pan-?[ _]?starrs|\bps1\b|gpc1/i, 'PS1'],
  [/gaia/i, 'Gaia'],
  [/\bdecam\b/i, 'DECam'],
  [/j-?plus|s-?plus|t80cam/i, 'J-PLUS'],
  [/galex/i, 'GALEX'],
  [/wise/i, 'WISE'],
  [/irac/i, 'IRAC'],
  [/sdss|sloan/i, 'SDSS'],
  [/johnson|bessell?|cousins|kron/i, 'Johnson'],
];

/** Where nothing tells the system. `Y` and `w` differ too much between instruments to be guessed. */
const DEFAULTS: readonly (keyof typeof SYSTEMS)[] = ['SDSS', 'Johnson', '2MASS', 'GALEX', 'WISE', 'J-PLUS'];

/** No filter in the beam. */
const EMPTY = /^(|clear\w*|open\w*|none|empty|n\/?a|air|no ?filter|unknown|-)$/i;

export function isNoFilter(text: string): boolean {
  return EMPTY.test(text.trim());
}

/**
 * The band of a filter's name as headers have it: `g`, `g'`, `SDSS g`, `V_Johnson`, `rSDSS`, `g.MP9402`, `r.00000`; null where it is
 * none of the usual ones. Letters of one case are not those of the other: `r` is Sloan's, `R` is Cousins'.
 * @param context what else of the header may name the photometric system, such as the survey and the instrument.
 */
export function bandOfFilter(text: string, context = ''): Band | null {
  const name = text.trim();
  if (isNoFilter(name)) return null;
  return measured(name) ?? glass(name) ?? listed(name, context);
}

/** `g DECam SDSS c0001 4720.0 1520.0` ends with centre and width in ångströms. */
function measured(name: string): Band | null {
  const [, centre, width] = /\s(\d{4,5}\.\d+)\s+(\d{2,4}\.\d+)$/.exec(name) ?? [];
  if (centre === undefined) return null;
  const middle = Number(centre) / 10;
  const half = Number(width) / 20;
  return band(name.split(/\s/)[0]!, [middle - half, middle + half]);
}

/** Letters of a photometric system, as a word of its own or joined to the system's. */
function listed(name: string, context: string): Band | null {
  const words = name.split(/[\s_.,:/()-]+/).filter((word) => word !== '');
  const named = SYSTEM_WORDS.find(([pattern]) => pattern.test(name));
  const around = SYSTEM_WORDS.find(([pattern]) => pattern.test(context));
  const surroundings = around ? [around[1]] : [];
  // J-PLUS has filters whose names are made with another system's.
  const isOwn = around !== undefined && Object.hasOwn(SYSTEMS[around[1]], name);
  const systems = named && !isOwn ? [named[1]] : [...surroundings, ...DEFAULTS];
  for (const system of systems) {
    const filters: System = SYSTEMS[system];
    for (const word of words) {
      const bare = word.replace(/['’`]$|prime$/i, '').replace(SYSTEM_PART, '') || word;
      for (const candidate of [word, bare]) {
        const range = Object.hasOwn(filters, candidate) ? filters[candidate] : undefined;
        if (range !== undefined) return band(titled(system, candidate), range);
      }
    }
  }
  return null;
}

/** Of a word such as `gSDSS`, `SDSSg` or `VBessell`. */
const SYSTEM_PART = /^(sdss|sloan)|(sdss|sloan|johnson|bessell?|cousins)$/i;

function titled(system: keyof typeof SYSTEMS, filter: string): string {
  return system === 'J-PLUS' ? filter : `${system} ${filter}`;
}

/** Schott's glasses, as before photographic plates, are named by where they begin to let light through: `GG395`, `RG 610`. */
const GLASS = /^(?:WG|GG|OG|RG)\s*(\d{3})$/i;

/** Nanometres at which emulsions cease to see (Kodak; Laustsen et al., "Exploring the Southern Sky"). */
const EMULSIONS: Readonly<Record<string, number>> = {
  '103AO': 500,
  IIAO: 500,
  IIIAJ: 540,
  '103AE': 670,
  IIIAF: 690,
  IVN: 900,
};

function glass(name: string): Band | null {
  const [glassPart = '', emulsionPart = ''] = name.split('+').map((part) => part.trim());
  const begins = GLASS.exec(glassPart);
  const ends = EMULSIONS[emulsionPart.toUpperCase().replace(/[^0-9A-Z]/g, '')];
  if (begins === null || ends === undefined || ends <= Number(begins[1])) return null;
  return band(name, [Number(begins[1]), ends]);
}

function band(name: string, [min, max]: readonly [number, number]): Band {
  return { name, min: round(min * NANOMETRE), max: round(max * NANOMETRE) };
}

/** Nine digits: the product of two decimals shows no others. */
function round(metres: number): number {
  return Number(metres.toPrecision(9));
}
