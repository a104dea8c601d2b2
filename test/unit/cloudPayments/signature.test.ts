import { createHmac } from 'node:crypto';
import CryptoJS from 'crypto-js';
import fc from 'fast-check';

import { verify, type SignedNotification } from '../../../nodes/CloudPayments/signature';
import { cloudPaymentsVectors, vector } from './vectors';

const FORM = 'application/x-www-form-urlencoded';
const SECRET = 'api-secret-for-tests';
const BODY = 'TransactionId=1&Amount=10.00&Name=%d0%90+B%2bC';
const DECODED = 'TransactionId=1&Amount=10.00&Name=А B+C';

/** HMAC by another implementation than the product's. */
const oracle = (message: string, secret = SECRET) => CryptoJS.HmacSHA256(message, secret);
const base64 = (message: string, secret?: string) => oracle(message, secret).toString(CryptoJS.enc.Base64);
const hex = (message: string, secret?: string) => oracle(message, secret).toString(CryptoJS.enc.Hex);

const check = (headers: Record<string, unknown>, more: Partial<SignedNotification> = {}) =>
	verify({ rawBody: Buffer.from(BODY), contentType: FORM, headers, secret: SECRET, scheme: 'cloudpayments', ...more });
const isValid = (headers: Record<string, unknown>, more?: Partial<SignedNotification>) => check(headers, more).valid;
const bytes = (text: string) => ({ rawBody: Buffer.from(text) });
const ofText = (decoded: string) => ({ 'X-Content-HMAC': base64(decoded) });

describe('the shared vectors', () => {
	it('are all there', () => {
		expect(cloudPaymentsVectors).toHaveLength(8);
		expect(new Set(cloudPaymentsVectors.map(({ valid }) => valid)).size).toBe(2);
	});

	it.each(cloudPaymentsVectors)('$name: $valid', ({ rawBody, contentType, headers, secret, scheme, valid }) => {
		const verdict = verify({ rawBody: Buffer.from(rawBody), contentType, headers, secret, scheme });
		expect(verdict.valid).toBe(valid);
		expect(verdict.reason === undefined).toBe(valid);
	});

	it('agree with an independent HMAC of what each header signs', () => {
		const { rawBody, headers, secret } = vector('pay-form-both-headers');
		expect(headers['Content-HMAC']).toBe(base64(rawBody, secret));
		expect(headers['X-Content-HMAC']).toBe(base64(decodeURIComponent(rawBody.replaceAll('+', ' ')), secret));
		const legacy = vector('legacy-x-signature-basic');
		const sorted = '100.00;RUB;anna@example.com;12;Анна К.;Completed;555001;';
		expect(legacy.headers['X-Signature']).toBe(hex(sorted, legacy.secret));
	});

	it.each(cloudPaymentsVectors.filter(({ valid }) => valid))('$name: not after any change', (good) => {
		const { rawBody, contentType, headers, secret, scheme } = good;
		const input = { rawBody: Buffer.from(rawBody), contentType, secret, scheme };
		expect(isValid(headers, input)).toBe(true);
		expect(isValid({}, input)).toBe(false);
		expect(isValid(headers, { ...input, secret: `${secret}0` })).toBe(false);
		expect(isValid(headers, { ...input, secret: '' })).toBe(false);
		expect(isValid(headers, { ...input, scheme: scheme === 'legacy' ? 'cloudpayments' : 'legacy' })).toBe(false);
		expect(isValid(headers, { ...input, rawBody: undefined })).toBe(false);
		expect(isValid(headers, { ...input, ...bytes(rawBody.replace(/\d(?=\D*$)/, '7x')) })).toBe(false);
	});
});

describe('Content-HMAC (CP6)', () => {
	const good = { 'Content-HMAC': base64(BODY) };

	it('signs the raw bytes: the same fields written with other escapes are refused', () => {
		const { rawBody, contentType, headers, secret } = vector('pay-form-both-headers');
		const rebuilt = [
			new URLSearchParams(rawBody).toString(),
			rawBody.replace(/%[0-9a-f]{2}/g, (escape) => escape.toUpperCase()),
			rawBody.replaceAll('+', '%20'),
			rawBody.replaceAll('%40', '@'),
			`${rawBody}&`,
			rawBody.replace('&SubscriptionId=', ''),
			rawBody.split('&').reverse().join('&'),
		];
		for (const body of rebuilt) {
			expect(body).not.toBe(rawBody);
			expect(isValid(headers, { ...bytes(body), contentType, secret })).toBe(false);
		}
	});

	it('signs the bytes of JSON, not its values', () => {
		const { rawBody, contentType, headers, secret } = vector('check-json-nested-data');
		const rewritten = JSON.stringify(JSON.parse(rawBody), null, 1);
		expect(isValid(headers, { ...bytes(rewritten), contentType, secret })).toBe(false);
	});

	it('is found under any spelling of its name and trimmed', () => {
		for (const name of ['Content-HMAC', 'content-hmac', 'CONTENT-HMAC', 'Content-Hmac']) {
			expect(isValid({ [name]: ` ${base64(BODY)} ` })).toBe(true);
		}
	});

	it('decides alone when it is there, right or wrong', () => {
		expect(isValid({ ...good, 'X-Content-HMAC': 'wrong' })).toBe(true);
		expect(isValid({ 'Content-HMAC': 'wrong', ...ofText(DECODED) })).toBe(false);
		expect(isValid({ 'Content-HMAC': '', ...ofText(DECODED) })).toBe(false);
	});

	it.each<[string, unknown]>([
		['hex', hex(BODY)],
		['url-safe base64', base64('27').replaceAll('+', '-').replaceAll('/', '_')],
		['without padding', base64(BODY).slice(0, -1)],
		['with more padding', `${base64(BODY)}=`],
		['with inner blanks', `${base64(BODY).slice(0, 20)} ${base64(BODY).slice(20)}`],
		['doubled', `${base64(BODY)}, ${base64(BODY)}`],
		['a list', [base64(BODY)]],
		['a number', 5],
		['of the decoded text', base64(DECODED)],
		['of another key', base64(BODY, 'other')],
	])('%s is refused', (_name, value) => {
		expect(check({ 'Content-HMAC': value })).toEqual({ valid: false, reason: 'Signature wrong' });
	});

	it('is not decoded before it is compared: Node would ignore what is after the padding', () => {
		const value = base64(BODY);
		expect(Buffer.from(`${value}AAAA`, 'base64').subarray(0, 32)).toEqual(Buffer.from(value, 'base64'));
		expect(isValid({ 'Content-HMAC': `${value}AAAA` })).toBe(false);
	});

	it('holds for any bytes, whatever the content type', () => {
		const types = fc.constantFrom(FORM, 'application/json', undefined);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 100 }), types, (raw, contentType) => {
				const message = CryptoJS.lib.WordArray.create(raw);
				const key = CryptoJS.enc.Utf8.parse(SECRET);
				const headers = { 'content-hmac': CryptoJS.HmacSHA256(message, key).toString(CryptoJS.enc.Base64) };
				expect(isValid(headers, { rawBody: raw, contentType })).toBe(true);
				expect(isValid(headers, { rawBody: Buffer.concat([raw, Buffer.from('&')]), contentType })).toBe(false);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('X-Content-HMAC', () => {
	it('signs the decoded form: escapes do not matter', () => {
		for (const body of [BODY, 'TransactionId=1&Amount=10.00&Name=%D0%90%20B%2BC', `${BODY.replace('%d0%90', 'А')}`]) {
			expect(isValid(ofText(DECODED), bytes(body))).toBe(true);
		}
	});

	it('signs JSON as it came', () => {
		const body = '{"Name":"A+B%20"}';
		expect(isValid(ofText(body), { ...bytes(body), contentType: 'Application/JSON; charset=utf-8' })).toBe(true);
		expect(isValid(ofText('{"Name":"A B "}'), { ...bytes(body), contentType: 'application/json' })).toBe(false);
	});

	it('does not accept a text of the buyer that turned into a field', () => {
		const genuine = 'Amount=1490.00&Description=x%26Amount%3D1.00';
		const decoded = 'Amount=1490.00&Description=x&Amount=1.00';
		expect(isValid(ofText(decoded), bytes(genuine))).toBe(true);
		expect(isValid(ofText(decoded), bytes(decoded))).toBe(false);
	});

	it.each([
		['a broken escape', '%zz=1'],
		['a cut escape', 'a=%d0'],
		['an escape that is no UTF-8', 'a=%ff'],
	])('refuses a form with %s', (_name, body) => {
		expect(isValid({ 'X-Content-HMAC': base64(body) }, bytes(body))).toBe(false);
	});

	it('refuses bytes that are no UTF-8', () => {
		const rawBody = Buffer.from([0x61, 0x3d, 0xff]);
		const headers = { 'X-Content-HMAC': createHmac('sha256', SECRET).update(rawBody).digest('base64') };
		expect(isValid(headers, { rawBody })).toBe(false);
		expect(isValid({ 'X-Content-HMAC': base64('a=\ufffd') }, { rawBody })).toBe(false);
	});

	it('does not lose a byte order mark', () => {
		const body = '\ufeffa=1';
		expect(isValid(ofText('a=1'), bytes(body))).toBe(false);
		expect(isValid(ofText(body), bytes(body))).toBe(true);
	});

	it.each([undefined, '', 'text/plain', 'multipart/form-data; boundary=x'])('refuses a body of the type %j', (contentType) => {
		for (const message of [BODY, DECODED]) expect(isValid(ofText(message), { contentType })).toBe(false);
	});
});

describe('what is missing', () => {
	it.each<Record<string, unknown>>([{}, { 'X-Signature': hex('') }, { Signature: base64(BODY) }])('%j', (headers) => {
		expect(check(headers)).toEqual({ valid: false, reason: 'Signature missing' });
	});

	it('is a secret: never the reason to skip the check', () => {
		const headers = { 'Content-HMAC': createHmac('sha256', '').update(BODY).digest('base64') };
		expect(check(headers, { secret: '' })).toEqual({ valid: false, reason: 'No API secret is set' });
	});
});

describe('the legacy scheme', () => {
	const legacy = (message: string, body: string, more: Partial<SignedNotification> = {}) =>
		isValid({ 'x-signature': hex(message) }, { ...bytes(body), scheme: 'legacy', ...more });

	it.each([
		['sorts by name, in code points', '3;1;2;4;', '%F0%9F%98%80=4&b=1&%EE%80%80=2&B=3'],
		['ends every value with a semicolon, empty ones too', ';x;', 'a=&b=x'],
		['takes the last of repeated names', '2;', 'a=1&a=2'],
		['leaves out the field Signature only', '1;2;', 'Signature=x&a=1&signature=2'],
		['decodes values', 'А B+;', 'a=%D0%90+B%2b'],
	])('%s', (_name, message, body) => {
		expect(legacy(message, body)).toBe(true);
		expect(legacy(message.slice(0, -1), body)).toBe(false);
	});

	it.each([
		['JSON', '', '{"Amount":1}', 'application/json'],
		['no fields', '', '', FORM],
		['nothing but the signature', '', 'Signature=x', FORM],
		['broken escapes', '%zz;', 'a=%zz', FORM],
		['no type', '1;', 'a=1', undefined],
	])('refuses %s', (_name, message, body, contentType) => {
		expect(legacy(message, body, { contentType })).toBe(false);
	});

	it('wants lower-case hex and nothing else', () => {
		const more = { ...bytes('a=1'), scheme: 'legacy' as const };
		expect(isValid({ 'X-Signature': hex('1;').toUpperCase() }, more)).toBe(false);
		expect(isValid({ 'X-Signature': base64('1;') }, more)).toBe(false);
		expect(isValid({ 'Content-HMAC': base64('a=1') }, more)).toBe(false);
		expect(isValid({ 'X-Signature': hex('1;') }, { ...more, secret: '' })).toBe(false);
	});
});
