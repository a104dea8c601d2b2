import HmacSHA256 from 'crypto-js/hmac-sha256';
import fc from 'fast-check';

import { verify, type SignedRequest } from '../../../nodes/StripeCheckout/signature';
import { stripeVectors } from './vectors';

const NOW = 1_790_000_000;
const SECRET = 'whsec_fake_alpha';
const OTHER = 'whsec_fake_beta';
const BODY = '{"id":"evt_1","name":"Олена Ü"}';

/** Another HMAC library than the product's. */
const hmac = (body = BODY, secret = SECRET, t: number | string = NOW) => HmacSHA256(`${t}.${body}`, secret).toString();

const check = (change: Partial<SignedRequest>) =>
	verify({
		rawBody: Buffer.from(BODY),
		header: `t=${NOW},v1=${hmac()}`,
		secrets: [SECRET],
		now: NOW,
		toleranceSeconds: 300,
		...change,
	});

describe('the shared vectors', () => {
	it('are all here', () => {
		expect(stripeVectors.map(({ expected }) => expected).sort()).toEqual([
			'invalid', 'invalid', 'invalid', 'valid', 'valid', 'valid',
		]);
	});

	it.each(stripeVectors)('$name', ({ payload, header, secret, now, toleranceSeconds, expected }) => {
		for (const rawBody of [payload, Buffer.from(payload, 'utf8')]) {
			expect(verify({ rawBody, header, secrets: [secret], now, toleranceSeconds }).valid).toBe(expected === 'valid');
		}
	});
});

describe('verify', () => {
	it('agrees with another HMAC library on any body, secret and time', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'grapheme' }),
				fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((secret) => `whsec_${secret.trim()}x`),
				fc.integer({ min: 0, max: 4_000_000_000 }),
				(body, secret, t) => {
					const header = `t=${t},v1=${hmac(body, secret, t)}`;
					const signed = { rawBody: Buffer.from(body), header, secrets: [secret], now: t, toleranceSeconds: 300 };
					expect(verify(signed)).toEqual({ valid: true });
					expect(verify({ ...signed, rawBody: Buffer.from(`${body} `) }).valid).toBe(false);
					expect(verify({ ...signed, secrets: [`${secret}y`] }).valid).toBe(false);
				},
			),
			{ numRuns: 60 },
		);
	});

	it.each<[string, Partial<SignedRequest>]>([
		['a valid signature', {}],
		['the first of two v1', { header: `t=${NOW},v1=${hmac()},v1=${'0'.repeat(64)}` }],
		['the last of two v1', { header: `t=${NOW},v1=${'0'.repeat(64)},v1=${hmac()}` }],
		['v1 before t', { header: `v1=${hmac()},t=${NOW}` }],
		['v1 besides v0 and a scheme of the future', { header: `t=${NOW},v0=${hmac()},v9=x,v1=${hmac()}` }],
		['the second of two secrets', { secrets: [OTHER, SECRET] }],
		['the first of two secrets', { secrets: [SECRET, OTHER] }],
		['a secret with a line feed from pasting', { secrets: [` ${SECRET}\n`] }],
		['a body as text', { rawBody: BODY }],
		['an age equal to the tolerance', { now: NOW + 300 }],
		['a clock that is behind Stripe, as the official libraries do', { now: NOW - 5000 }],
	])('accepts %s', (_name, change) => {
		expect(check(change)).toEqual({ valid: true });
	});

	it.each<[string, Partial<SignedRequest>, RegExp]>([
		['no secret', { secrets: [] }, /No signing secret/],
		['empty secrets', { secrets: ['', ' \n'], header: `t=${NOW},v1=${hmac(BODY, '')}` }, /No signing secret/],
		['another secret', { secrets: [OTHER] }, /wrong/],
		['the secret without its prefix', { secrets: [SECRET.replace('whsec_', '')] }, /wrong/],
		['no header', { header: undefined }, /missing/],
		['an empty header', { header: '' }, /missing/],
		['two headers', { header: [`t=${NOW},v1=${hmac()}`] }, /missing/],
		['no t', { header: `v1=${hmac()}` }, /no time/],
		['t that is no number', { header: `t=now,v1=${hmac(BODY, SECRET, 'now')}` }, /no time/],
		['an endless t', { header: `t=${'9'.repeat(400)},v1=${hmac(BODY, SECRET, '9'.repeat(400))}` }, /no time/],
		['no v1', { header: `t=${NOW}` }, /no v1/],
		['only v0', { header: `t=${NOW},v0=${hmac()}` }, /no v1/],
		['an empty v1', { header: `t=${NOW},v1=` }, /wrong/],
		['upper-case hex', { header: `t=${NOW},v1=${hmac().toUpperCase()}` }, /wrong/],
		['a signature cut short', { header: `t=${NOW},v1=${hmac().slice(0, -1)}` }, /wrong/],
		['a signature with something behind it', { header: `t=${NOW},v1=${hmac()}=` }, /wrong/],
		['the time of another signature', { header: `t=${NOW + 1},v1=${hmac()}` }, /wrong/],
		['a body written again', { rawBody: JSON.stringify(JSON.parse(BODY), null, 2) }, /wrong/],
		['a body in another encoding', { rawBody: Buffer.from(BODY, 'utf16le') }, /wrong/],
		['an empty body', { rawBody: Buffer.alloc(0) }, /wrong/],
		['one second over the tolerance', { now: NOW + 301 }, /too old/],
		['a tolerance that is no number', { toleranceSeconds: Number.NaN }, /too old/],
	])('refuses %s', (_name, change, reason) => {
		expect(check(change)).toEqual({ valid: false, reason: expect.stringMatching(reason) });
	});

	it('never throws and tells nothing of the secret, whatever the header', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.anything()), (header) => {
				const verdict = check({ header });
				expect(verdict.valid).toBe(false);
				expect(verdict.reason).not.toContain(SECRET);
			}),
		);
	});
});
