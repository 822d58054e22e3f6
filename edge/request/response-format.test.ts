import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CONE_FORMATS,
  negotiateFormat,
  OFFERED,
  parseResponseFormat,
  TAP_FORMATS,
} from './response-format.ts';

const formatOf = (text: string, formats = CONE_FORMATS): string => {
  const parsed = parseResponseFormat(text, formats);
  return 'value' in parsed ? `${parsed.value.format} as ${parsed.value.mediaType}` : 'refused';
};

test('short names and media types, in any case', () => {
  for (const text of ['votable', 'VOTable', 'votable/td', 'text/xml', 'text/xml;content=x-votable']) {
    assert.equal(formatOf(text), 'votable-tabledata as text/xml;content=x-votable', text);
  }
  for (const text of [
    'application/x-votable+xml',
    'application/x-votable+xml; serialization=tabledata',
    'application/x-votable+xml;SERIALIZATION=TABLEDATA',
  ]) {
    assert.equal(
      formatOf(text),
      'votable-tabledata as application/x-votable+xml;serialization=TABLEDATA',
      text,
    );
  }
  for (const text of ['votable/b2', 'application/x-votable+xml;serialization=BINARY2']) {
    assert.equal(formatOf(text), 'votable-binary2 as application/x-votable+xml;serialization=BINARY2', text);
  }
  for (const text of ['csv', 'text/csv', 'text/csv;header=present', 'TEXT/CSV; charset=utf-8']) {
    assert.match(formatOf(text), /^csv as text\/csv/, text);
  }
  assert.match(formatOf('tsv'), /^tsv as text\/tab-separated-values/);
  assert.equal(formatOf('application/json'), 'json as application/json');
  for (const text of ['arrow', 'application/vnd.apache.arrow.stream']) {
    assert.equal(formatOf(text), 'arrow as application/vnd.apache.arrow.stream', text);
  }
  for (const text of ['Parquet', 'application/vnd.apache.parquet']) {
    assert.equal(formatOf(text), 'parquet as application/vnd.apache.parquet', text);
  }
});

test('a plus sign that was not encoded', () => {
  assert.match(formatOf('application/x-votable xml;serialization=binary2'), /^votable-binary2/);
});

test('what is not offered is refused with what is', () => {
  for (const text of ['pdf', 'text/csv;header=absent', 'csv,json', 'constructor', ';', '*/*']) {
    const parsed = parseResponseFormat(text, CONE_FORMATS);
    assert.ok('fault' in parsed, text);
    for (const mediaType of OFFERED) assert.ok(parsed.fault.includes(mediaType));
  }
});

test('every media type offered can be asked for', () => {
  for (const mediaType of OFFERED) assert.ok(formatOf(mediaType).endsWith(mediaType), mediaType);
});

test('Accept: the best that there is', () => {
  const negotiated = (accept: string | undefined): string => negotiateFormat(accept, CONE_FORMATS).format;
  assert.equal(negotiated('text/csv'), 'csv');
  assert.equal(negotiated('application/json, text/csv;q=0.9'), 'json');
  assert.equal(negotiated('text/csv;q=0.1, application/json;q=0.2'), 'json');
  assert.equal(negotiated('application/x-votable+xml;serialization=binary2'), 'votable-binary2');
  assert.equal(negotiated('image/png, text/csv;q=0.5'), 'csv');
  assert.equal(negotiated('application/vnd.apache.parquet, */*;q=0.1'), 'parquet');
  assert.equal(negotiated('text/csv;q=0, */*'), 'votable-tabledata');
});

test('Accept: the default for who asks for nothing, for everything, or for what there is not', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
  const java = 'text/html, image/gif, image/jpeg, */*; q=0.2';
  for (const accept of [undefined, '', '*/*', browser, java, 'image/png', 'csv', ';;;,,,']) {
    assert.equal(
      negotiateFormat(accept, CONE_FORMATS).mediaType,
      'text/xml;content=x-votable',
      String(accept),
    );
  }
});

test('VOTables of TAP are BINARY2, unless the client asks for something else', () => {
  const binary2 = 'votable-binary2 as application/x-votable+xml;serialization=BINARY2';
  for (const text of ['votable', 'application/x-votable+xml', 'votable/b2']) {
    assert.equal(formatOf(text, TAP_FORMATS), binary2);
  }
  assert.equal(negotiateFormat(undefined, TAP_FORMATS).format, 'votable-binary2');
  for (const text of ['votable/td', 'text/xml', 'application/x-votable+xml;serialization=TABLEDATA']) {
    assert.match(formatOf(text, TAP_FORMATS), /^votable-tabledata/);
  }
});
