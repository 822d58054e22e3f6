import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestError } from '../request-error.ts';
import { MAX_URL, requestParameters } from './request-parameters.ts';

const ADDRESS = 'http://vo.example/scs/a.b';

async function refusal(request: Request): Promise<RequestError> {
  const error = await requestParameters(request).then(
    () => assert.fail('should be refused'),
    (reason) => reason,
  );
  assert.ok(error instanceof RequestError);
  return error;
}

test('names have no case, values do', async () => {
  const parameters = await requestParameters(new Request(`${ADDRESS}?ra=1&Dec=2&sR=x&X=Y`));
  assert.deepEqual(parameters.get('RA'), ['1']);
  assert.deepEqual(parameters.get('DEC'), ['2']);
  assert.deepEqual(parameters.get('SR'), ['x']);
  assert.deepEqual(parameters.get('X'), ['Y']);
});

test('the same name in different case is the same parameter, twice', async () => {
  const parameters = await requestParameters(new Request(`${ADDRESS}?ra=1&RA=2`));
  assert.deepEqual(parameters.get('RA'), ['1', '2']);
});

test('both kinds of form, together with the address', async () => {
  for (const body of [new URLSearchParams({ RA: '1', dec: '2' }), formOf({ RA: '1', dec: '2' })]) {
    const request = new Request(`${ADDRESS}?SR=3`, { method: 'POST', body });
    const parameters = await requestParameters(request);
    assert.deepEqual([...parameters.keys()].sort(), ['DEC', 'RA', 'SR']);
  }
});

test('a POST without a body has the parameters of its address', async () => {
  const parameters = await requestParameters(new Request(`${ADDRESS}?RA=1`, { method: 'POST' }));
  assert.deepEqual(parameters.get('RA'), ['1']);
});

test('a body that is no form: 415 that says what is right', async () => {
  for (const type of ['application/json', 'text/plain', 'application/xml']) {
    const headers = { 'content-type': type };
    const error = await refusal(new Request(ADDRESS, { method: 'POST', body: '{"RA":1}', headers }));
    assert.equal(error.status, 415);
    assert.match(error.message, new RegExp(`The body is ${type}: .*application/x-www-form-urlencoded`));
  }
});

test('a broken multipart body: 400', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const error = await refusal(new Request(ADDRESS, { method: 'POST', body: 'no boundary here', headers }));
  assert.equal(error.status, 400);
  assert.match(error.message, /not valid multipart\/form-data/);
});

test('an address that is too long: 414', async () => {
  const error = await refusal(new Request(`${ADDRESS}?RA=${'1'.repeat(65_536)}`));
  assert.equal(error.status, 414);
  assert.match(error.message, new RegExp(`more than ${MAX_URL}`));
});

function formOf(values: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}
