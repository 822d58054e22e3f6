import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readUpload } from './read-upload.ts';
import { UploadError } from './upload.ts';

const LIMITS = { bytes: 2 ** 20, rows: 100_000, columns: 10 };

/**
 * Streams of pyarrow 26.0.1 with compressed buffers, those of LZ4 in several blocks that refer to one another: 12,000 rows of `id` (from 0,
 * 3,000 of each) and `x` (0 and 0.5 in turn). In gzip, for their length.
 */
const FILES = {
  LZ4: 'H4sIAAAAAAACA/v/////FQwMDAIMIMDFwMPAxsDKwAFkAQEjC5DPAORxAEkWKMnAwATELlD2FaB+oEJmkH4JqBhYKxBXAM3iAGI2sAgT0A4RMJ8dbKoA1E5GJhAtg6QXZH5mCsheHiBmB9sLUugAJIDW/T8BpEWganmAtkJczAM2lYGZBWxWBTMDHPAARQTA7oeoyYDaBzLjgR5CHQsYItyBDexjhNAHGFHFYfzNSOJMaOYzYOEzlEM0sCj5Sjg4HJAG8uSBgfefpoBLmPFALD8HjW1hFmaimi1LAsCh1AHE/A0uOJW5CTM7SNLaY38DcMefMJAnCYw/zQf2/Az8AjQO4cEPToPC6oF9KwMkWPg/DJRDAiEOgUfbf3C5xcAAAM3VwNwABQAA',
  Zstandard:
    'H4sIAAAAAAACA+2YsUoDQRCG/71dL0e44oQTLIKVQgpRMA9gipTaSsDWCBaKIERLSW+eQbCxtdDe3sLCzsI8gS8gMv67ruEksVMsMh8zuzvDzPzbbLMiItcACnjqyJFiDhlPxDjGYJRxdXEFEnonnp/Yz0Lr+xdjLrTSzzgro6chk1CjDHEtTC2ipkn83qj0+vkHe143p9eCri9sc6GcPHIvY21O1c8b52EqrAuzzguMybFELTeuOaYvx/uO1lAhDXpp1HP4mZ04v1t8z3/FK5VcMqEzGePUhK15u/5+6YOFAYa9Tt0NNoptm7l993x3qKam9gtm5hVlZrjRNz/ddlvKv6BvUpkd5EFRFOXv2LpqdhOUbXkTEQMcvfbFTvlXuOAZGG3C4qXfOsHw3qzGfxVf9wEE2VTxEBIAAA==',
};

for (const [codec, text] of Object.entries(FILES)) {
  const file = new Uint8Array(gunzipSync(Buffer.from(text, 'base64')));

  test(`Arrow in ${codec} is read`, async () => {
    const { rows, blocks, table } = await readUpload('mine', file, LIMITS);
    assert.equal(rows, 12_000);
    assert.deepEqual(
      table.columns.map(({ name, datatype }) => `${name} ${datatype}`),
      ['id long', 'x double'],
    );
    const [ids, xs] = blocks[0]!.columns;
    for (let row = 0; row < rows; row++) {
      assert.deepEqual([ids!.values[row], xs!.values[row]], [BigInt(Math.floor(row / 3000)), (row % 2) / 2]);
    }
  });

  test(`Arrow in ${codec} that becomes more than is taken is refused`, async () => {
    await assert.rejects(readUpload('mine', file, { ...LIMITS, bytes: file.length }), {
      name: 'UploadError',
      tooLarge: true,
      message: /it holds much more than it has bytes/,
    });
  });

  test(`Arrow in ${codec}, damaged anywhere, is a table or an UploadError`, async () => {
    const flip = fc.record({ at: fc.nat(file.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), fc.nat(), async (flips, cut) => {
        const damaged = file.slice(0, cut % 2 === 0 ? file.length : cut % file.length);
        for (const { at, to } of flips) damaged[at] = to;
        const error = await readUpload('mine', damaged, LIMITS).then(
          () => null,
          (error) => error,
        );
        assert.ok(error === null || error instanceof UploadError, error);
      }),
      { numRuns: 300 },
    );
  });
}
