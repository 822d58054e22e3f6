import assert from 'node:assert/strict';
import test, { before, describe } from 'node:test';
import { type Schema, Validator } from '@cfworker/json-schema';
import { documentOfXml, listOfXml } from '../../../test/job-xml.ts';
import { JSON_ONLY, jobsUnderTest, QUERY } from '../../../test/jobs-under-test.ts';

const { app, answerWith, json, made, post, text } = jobsUnderTest();

describe('documents', () => {
  let validator: Validator;
  before(async () => {
    const schema = JSON.parse(await text('/tap/async/schema.json')) as Schema;
    assert.equal(schema.$id, 'http://vo.example/tap/async/schema.json');
    validator = new Validator(schema, '2020-12');
  });

  const valid = (document: unknown) => {
    const { errors } = validator.validate(document);
    assert.deepEqual(errors, [], JSON.stringify(document));
  };

  const jobs: [string, () => Promise<string>][] = [
    ['that waits', () => made({ QUERY, RUNID: '<run> & "1"' })],
    ['that has nothing yet', () => made()],
    [
      'that is done',
      async () => {
        answerWith(() => new Response('rows', { headers: { 'content-type': 'text/csv;header=present' } }));
        return made({ QUERY, PHASE: 'RUN', WEBHOOK: 'https://example.org/x' });
      },
    ],
    [
      'that failed',
      async () => {
        answerWith(() => new Response('No <column> "x" & none like it.', { status: 400 }));
        return made({ QUERY, PHASE: 'RUN' });
      },
    ],
    [
      'of cutouts',
      async () => {
        answerWith(
          () => new Response('one'),
          () => new Response('two'),
        );
        const body = new URLSearchParams([
          ['ID', 'ivo://a/b?c'],
          ['CIRCLE', '1 2 0.1'],
          ['CIRCLE', '3 4 0.1'],
          ['PHASE', 'RUN'],
        ]);
        const response = await app.request('/soda/async', { method: 'POST', body });
        return new URL(response.headers.get('location')!).pathname;
      },
    ],
  ];
  for (const [what, make] of jobs) {
    test(`a job ${what} is the same in XML and JSON, which the schema knows`, async () => {
      const path = await make();
      await app.settled();
      const document = await json(path);
      valid(document);
      assert.deepEqual(documentOfXml(await text(path)), document);
      assert.deepEqual(documentOfXml(await text(`${path}?RESPONSEFORMAT=xml`, JSON_ONLY)), document);
      const parts = await Promise.all(['parameters', 'results'].map((part) => json(`${path}/${part}`)));
      for (const part of parts) valid(part);
      assert.deepEqual(Object.assign({}, ...parts), {
        parameters: document.parameters,
        results: document.results,
      });
    });
  }

  test('so is a list', async () => {
    const made = await post('/tap/async', { RUNID: 'a' });
    const cookie = made.headers.get('set-cookie')!.split(';', 1)[0]!;
    await post('/tap/async', { QUERY }, { cookie });
    const list = JSON.parse(await text('/tap/async', { ...JSON_ONLY, cookie }));
    valid(list);
    assert.equal(list.jobs.length, 2);
    assert.deepEqual(listOfXml(await text('/tap/async', { cookie })), list);
  });

  test('errors in JSON are known to the schema', async () => {
    for (const path of ['/tap/async/none', '/soda/async?LAST=x']) {
      const document = JSON.parse(await (await app.request(path, { headers: JSON_ONLY })).text());
      assert.match(document.error, /There is no job|LAST "x"/);
      valid(document);
    }
  });

  test('the schema knows what is wrong', () => {
    assert.ok(!validator.validate({ version: '1.1', jobs: [{ id: 'x' }] }).valid);
    assert.ok(!validator.validate({ version: '1.1', jobs: [], more: 1 }).valid);
  });

  test('each type describes its parameters and limits', async () => {
    const tap = JSON.parse(await text('/tap/async/description.json'));
    const query = tap.parameters.find(({ name }: { name: string }) => name === 'QUERY');
    assert.deepEqual([query.type, query.required, query.repeatable], ['text', true, false]);
    assert.deepEqual(tap.limits.executionDuration, { default: 600, maximum: 1000, unit: 's' });
    const named = Object.fromEntries(tap.parameters.map((one: { name: string }) => [one.name, one]));
    const { minimum, default: usual, maximum } = named.MAXREC;
    assert.deepEqual([minimum, usual, maximum], [0, 500, 10_000_000]);
    assert.ok(
      ['parquet', 'text/csv;charset=utf-8;header=present'].every((format) =>
        named.FORMAT.values.includes(format),
      ),
    );
    assert.equal(tap.jobs, 'http://vo.example/tap/async');
    const soda = JSON.parse(await text('/soda/async/description.json'));
    assert.ok(soda.parameters.some(({ name }: { name: string }) => name === 'CIRCLE'));
  });
});
