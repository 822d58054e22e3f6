import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { joinedBytes } from '../../engine/joined-bytes.ts';
import { type FormPart, multipartParts } from './multipart.ts';

type Read = Omit<FormPart, 'content'> & { readonly bytes: Uint8Array };

async function read(body: Uint8Array, contentType: string, cuts: readonly number[] = []): Promise<Read[]> {
  const parts: Read[] = [];
  for await (const { content, ...part } of multipartParts(cutUp(body, cuts), contentType)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    parts.push({ ...part, bytes: joinedBytes(pieces) });
  }
  return parts;
}

async function* cutUp(body: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const at of cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b)) {
    yield body.subarray(from, at);
    from = at;
  }
  yield body.subarray(from);
}

const bytes = (text: string) => new TextEncoder().encode(text);
const TYPE = 'multipart/form-data; boundary=xyz';
const WHOLE =
  'preamble\r\n--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xy\r\n\r\n--xyz  \r\ncontent-type: text/csv\r\n' +
  'CONTENT-DISPOSITION: form-data; name=b; filename="星.csv"\r\n\r\n\r\n--xyz--\r\nepilogue';

test('wherever a body is cut, its parts are the same', async () => {
  const body = bytes(WHOLE);
  const whole = [
    { name: 'a', fileName: null, mediaType: '', bytes: bytes('1\r\n--xy\r\n') },
    { name: 'b', fileName: '星.csv', mediaType: 'text/csv', bytes: bytes('') },
  ];
  for (let at = 0; at <= body.length; at++) assert.deepEqual(await read(body, TYPE, [at]), whole, `${at}`);
  const everywhere = Array.from(body, (_, at) => at);
  assert.deepEqual(await read(body, TYPE, everywhere), whole);
});

test('forms are read as the platform writes them', async () => {
  // Of what delimiters are made, so that there is much that is almost one.
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', '-', '--', 'formdata', 'x') }).map(bytes),
  );
  const name = fc.string({
    unit: fc.constantFrom('a', 'é', '星', '"', ';', '=', ' ', '\\', '\r\n', '-'),
    minLength: 1,
  });
  const entry = fc.record({ name, file: fc.option(name), content });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 5 }), fc.array(fc.nat()), async (entries, cuts) => {
      const form = new FormData();
      for (const { name, file, content } of entries) {
        if (file === null) form.append(name, 'text');
        else form.append(name, new File([content as Uint8Array<ArrayBuffer>], file, { type: 'a/b' }));
      }
      const response = new Response(form);
      const body = new Uint8Array(await response.arrayBuffer());
      const parts = await read(body, response.headers.get('content-type')!, cuts);
      const written = entries.map(({ name, file, content }) => ({
        name,
        fileName: file,
        mediaType: file === null ? '' : 'a/b',
        bytes: Uint8Array.from(file === null ? bytes('text') : content),
      }));
      assert.deepEqual(parts, written);
    }),
    { numRuns: 300 },
  );
});

test('other ways to write names', async () => {
  const nameOf = async (disposition: string) => {
    const [part] = await read(
      bytes(`--xyz\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--xyz--`),
      TYPE,
    );
    return [part!.name, part!.fileName];
  };
  assert.deepEqual(await nameOf('form-data; name=plain;filename=b.csv'), ['plain', 'b.csv']);
  assert.deepEqual(await nameOf('form-data; name="a\\"b"; filename="c\\"'), ['a"b', 'c\\']);
  assert.deepEqual(await nameOf(`form-data; filename*=utf-8''%e6%98%9f; name="a"`), ['a', '星']);
  assert.deepEqual(await nameOf(`form-data; filename*=utf-8''%e6; filename="c"; name="a"`), ['a', 'c']);
});

test('what is not read of a part is skipped', async () => {
  const names: string[] = [];
  for await (const { name } of multipartParts(cutUp(bytes(WHOLE), [40, 90, 91]), TYPE)) names.push(name);
  assert.deepEqual(names, ['a', 'b']);
});

const WRONG: readonly (readonly [what: string, body: string, type: string, why: RegExp])[] = [
  ['without a boundary in its type', WHOLE, 'multipart/form-data', /names no boundary/],
  ['with a boundary of nothing', WHOLE, 'multipart/form-data; boundary=""', /names no boundary/],
  ['with another boundary', WHOLE, 'multipart/form-data; boundary=abc', /ends before its last boundary/],
  ['that is empty', '', TYPE, /ends before its last boundary/],
  ['without its end', WHOLE.slice(0, WHOLE.lastIndexOf('xyz')), TYPE, /ends before its last boundary/],
  ['that ends in headers', '--xyz\r\nContent-Disposition: form-data; name="a"', TYPE, /ends before its last/],
  ['with a part without a name', '--xyz\r\nA: b\r\n\r\nx\r\n--xyz--', TYPE, /part 1 has no name/],
  ['with something behind a boundary', '--xyzabc\r\n', TYPE, /something stands behind a boundary/],
  ['with a header that is none', '--xyz\r\nabc\r\n\r\n', TYPE, /a header without a colon/],
  ['with endless headers', `--xyz\r\n${'A: b\r\n'.repeat(10_000)}`, TYPE, /more than 16384 bytes/],
  ['with an endless header', `--xyz\r\nA: ${'b'.repeat(50_000)}`, TYPE, /more than 16384 bytes/],
];

for (const [what, body, type, why] of WRONG) {
  test(`a body ${what} is refused`, async () => {
    await assert.rejects(read(bytes(body), type), { status: 400, message: why });
  });
}
