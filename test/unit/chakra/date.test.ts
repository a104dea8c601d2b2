import fc from 'fast-check';

import { calculate } from '../../../nodes/ChakraInterpreter/calculate';
import { findings, issuesOf, matrix, points } from './support';

describe('birth date (PC1)', () => {
	it.each(['15.05.1990', '15.5.1990', '1990-05-15', '  15.05.1990\n'])('reads %j', (birthDate) => {
		expect(matrix(birthDate)).toMatchObject({ birthDate: '1990-05-15', warnings: [] });
	});

	it.each([
		'1990-05-15T00:00:00.000Z', '1990-05-15T23:59:59+14:00', '1990-05-15T00:00', '1990-05-15 10:30:00',
		'1990-05-15T01:00:00.000-1200', '1990-05-15 00:00:00+03',
	])('takes the date part of %s as written and says so', (birthDate) => {
		const result = matrix(birthDate);
		expect(result.birthDate).toBe('1990-05-15');
		expect(result.warnings.map(({ code, path }) => [code, path])).toEqual([['DATE_HAS_TIME', 'birthDate']]);
	});

	it.each([
		'15/05/1990', '05/15/1990', '15.05.90', '1990.05.15', '15-05-1990', '1990-5-15', '15 May 1990', '19900515',
		'15.05.1990 10:30', '1990-05-15T', '1990-05-15Tnoon', '1990-05-15T10:30 Berlin', '٠١.٠١.1990', 'x'.repeat(1e6),
	])('refuses the form of %.40s', (birthDate) => {
		expect(findings({ system: 'destiny_matrix', birthDate })).toEqual(['BAD_DATE_FORMAT birthDate']);
	});

	it.each([19900515, new Date(0), {}, [], true, NaN, Symbol('x'), JSON.parse('{"toString":1}'), Object.create(null)])(
		'refuses a birth date that is no text (%#)',
		(birthDate: unknown) => {
			expect(findings({ system: 'destiny_matrix', birthDate })).toEqual(['BAD_DATE_FORMAT birthDate']);
		},
	);

	it.each([
		'31.02.1990', '29.02.1900', '29.02.2023', '00.05.1990', '31.04.1990', '15.13.1990', '15.00.1990', '99.99.9999',
	])('refuses %s: there is no such day', (birthDate) => {
		expect(findings({ system: 'digit_pairs', birthDate })).toEqual(['NO_SUCH_DATE birthDate']);
	});

	it('knows the leap years', () => {
		expect(matrix('29.02.2000').birthDate).toBe('2000-02-29');
		expect(matrix('29.02.2024').birthDate).toBe('2024-02-29');
	});

	it('accepts 1900 up to today and nothing beyond', () => {
		expect(matrix('01.01.1900').birthDate).toBe('1900-01-01');
		expect(matrix('20.11.2026').birthDate).toBe('2026-11-20');
		expect(findings({ birthDate: '31.12.1899' })).toEqual(['DATE_TOO_OLD birthDate']);
		expect(findings({ birthDate: '21.11.2026' })).toEqual(['DATE_IN_FUTURE birthDate']);
	});

	it('takes today from a moment in UTC, and from the clock when nothing is said', () => {
		const today = new Date('2000-01-01T23:59:59Z');
		expect(calculate({ birthDate: '01.01.2000', today })).toMatchObject({ birthDate: '2000-01-01' });
		expect(findings({ birthDate: '02.01.2000', today })).toEqual(['DATE_IN_FUTURE birthDate']);
		expect(calculate({ birthDate: '15.05.1990' })).toMatchObject({ birthDate: '1990-05-15' });
		expect(() => calculate({ birthDate: '01.01.9999' })).toThrow('9999');
		expect(findings({ birthDate: '15.05.1990', today: 'soon' })).toEqual(['BAD_OPTION today']);
	});

	it.each([undefined, null, ''])('never replaces a missing date (%j) by another one', (birthDate) => {
		expect(findings({ system: 'destiny_matrix', birthDate })).toEqual(['EMPTY_INPUT birthDate']);
		expect(findings({ birthDate, points: [] })).toEqual(['EMPTY_INPUT birthDate']);
	});

	it('is only checked and passed on beside points', () => {
		expect(points({ root: 5 }, { birthDate: '15.05.1990' }).birthDate).toBe('1990-05-15');
		expect(points({ root: 5 }).birthDate).toBeNull();
	});

	it('is reported together with wrong points', () => {
		expect(findings({ birthDate: '31.02.1990', points: { root: 99, sacral: '' } })).toEqual([
			'NO_SUCH_DATE birthDate', 'VALUE_OUT_OF_RANGE points.root', 'VALUE_NOT_A_NUMBER points.sacral',
		]);
	});

	it('survives any text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (birthDate) => {
				fc.pre(birthDate !== '');
				const [issue] = issuesOf({ system: 'destiny_matrix', birthDate: `?${birthDate}` });
				expect(issue).toMatchObject({ code: 'BAD_DATE_FORMAT', path: 'birthDate' });
				expect(issue?.message.length).toBeLessThan(120);
			}),
		);
	});
});
