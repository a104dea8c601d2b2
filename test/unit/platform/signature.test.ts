import { createHmac } from 'node:crypto';
import CryptoJS from 'crypto-js';
import fc from 'fast-check';

import { verify } from '../../../nodes/PlatformPayment/signature';

const SECRET = 'platform-key-for-tests';
const LEGACY = 'old-password-for-tests';
const BODY = Buffer.from('{"course_order":{"status":"success","user":{"first_name":"Анна"}}}');
const sign = (body: Buffer, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');
const GOOD = sign(BODY);

const check = (headers: Record<string, unknown>, more: Partial<Parameters<typeof verify>[0]> = {}) =>
	verify({ rawBody: BODY, headers, secret: SECRET, ...more });

describe('X-Signature (PA1)', () => {
	it('is the HMAC-SHA256 of the raw bytes in hex, as an independent implementation makes it', () => {
		const oracle = CryptoJS.HmacSHA256(CryptoJS.lib.WordArray.create(new Uint8Array(BODY)), SECRET).toString();
		expect(check({ 'x-signature': oracle })).toEqual({ valid: true });
	});

	it.each([
		['lower case', GOOD],
		['upper case', GOOD.toUpperCase()],
		['a prefix', `sha256=${GOOD}`],
		['a prefix in upper case', `SHA256=${GOOD.toUpperCase()}`],
		['outer blanks', ` ${GOOD} `],
	])('may have %s', (_name, value) => {
		expect(check({ 'X-Signature': value })).toEqual({ valid: true });
	});

	it('agrees with the oracle for any bytes and any key, and only for those bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ minLength: 1 }), (bytes, secret) => {
				const key = CryptoJS.enc.Utf8.parse(secret);
				const signature = CryptoJS.HmacSHA256(CryptoJS.lib.WordArray.create(bytes), key).toString();
				const headers = { 'x-signature': signature };
				expect(verify({ rawBody: bytes, headers, secret })).toEqual({ valid: true });
				expect(verify({ rawBody: Buffer.concat([bytes, Buffer.from(' ')]), headers, secret }).valid).toBe(false);
			}),
			{ numRuns: 60 },
		);
	});

	it('of the same JSON written otherwise is wrong', () => {
		const rewritten = Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1));
		expect(check({ 'x-signature': GOOD }, { rawBody: rewritten })).toEqual({ valid: false, reason: 'Signature wrong' });
		const escaped = Buffer.from(BODY.toString().replace('А', '\\u0410'));
		expect(check({ 'x-signature': GOOD }, { rawBody: escaped }).valid).toBe(false);
	});

	it.each<[string, unknown]>([
		['empty', ''],
		['cut', GOOD.slice(1)],
		['longer', `${GOOD}0`],
		['doubled', `${GOOD}, ${GOOD}`],
		['a list', [GOOD]],
		['base64', Buffer.from(GOOD, 'hex').toString('base64')],
		['of another key', sign(BODY, 'other')],
		['another prefix', `sha1=${GOOD}`],
		['inner blanks', `${GOOD.slice(0, 32)} ${GOOD.slice(32)}`],
		['a number', 1],
		['null', null],
	])('%s is wrong', (_name, value) => {
		expect(check({ 'x-signature': value })).toEqual({ valid: false, reason: 'Signature wrong' });
	});

	it('is never right without the bytes or without a secret', () => {
		expect(check({ 'x-signature': GOOD }, { rawBody: undefined })).toEqual({ valid: false, reason: 'Signature wrong' });
		const withEmptyKey = createHmac('sha256', '').update(BODY).digest('hex');
		expect(check({ 'x-signature': withEmptyKey }, { secret: '' })).toEqual({
			valid: false,
			reason: 'No secret is set',
		});
	});

	it('missing is said so', () => {
		expect(check({})).toEqual({ valid: false, reason: 'Signature missing' });
	});
});

describe('X-Webhook-Secret (PA1)', () => {
	it('counts only where a legacy secret is given', () => {
		expect(check({ 'X-Webhook-Secret': LEGACY })).toEqual({ valid: false, reason: 'Signature missing' });
		expect(check({ 'X-Webhook-Secret': LEGACY }, { legacySecret: LEGACY })).toEqual({ valid: true });
	});

	it.each<[string, unknown]>([
		['wrong', 'other'],
		['empty', ''],
		['cut', LEGACY.slice(1)],
		['in another letter case', LEGACY.toUpperCase()],
		['a list', [LEGACY]],
	])('%s is refused', (_name, value) => {
		expect(check({ 'x-webhook-secret': value }, { legacySecret: LEGACY })).toEqual({
			valid: false,
			reason: 'Signature wrong',
		});
	});

	it('never matches an empty legacy secret', () => {
		expect(check({ 'x-webhook-secret': '' }, { legacySecret: '' }).valid).toBe(false);
	});

	it('does not help a wrong X-Signature', () => {
		const headers = { 'x-signature': '0'.repeat(64), 'x-webhook-secret': LEGACY };
		expect(check(headers, { legacySecret: LEGACY })).toEqual({ valid: false, reason: 'Signature wrong' });
	});

	it('does not replace the secret', () => {
		expect(check({ 'x-webhook-secret': LEGACY }, { secret: '', legacySecret: LEGACY }).valid).toBe(false);
	});
});
