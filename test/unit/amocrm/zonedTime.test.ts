import { toUnixSeconds } from '../../../nodes/AmoCrm/zonedTime';

describe('a day whose midnight the clocks skip', () => {
	it.each([
		['the date alone', '2026-09-06'],
		['day first', '06.09.2026'],
		['a time in the gap', '2026-09-06 00:30'],
		['a time after the gap', '2026-09-06 12:00'],
		['an instant of that day', '2026-09-06T04:00:00Z'],
		['the last second of that day', '2026-09-07T02:59:59Z'],
	])('begins after the gap in Santiago, given %s', (_name, text) => {
		expect(toUnixSeconds(text, 'day', 'America/Santiago')).toBe(Date.UTC(2026, 8, 6, 4) / 1000);
	});

	it('does not take the second before it', () => {
		expect(toUnixSeconds('2026-09-06T03:59:59Z', 'day', 'America/Santiago')).toBe(Date.UTC(2026, 8, 5, 4) / 1000);
	});

	it('begins after the gap in Cairo, east of Greenwich', () => {
		expect(toUnixSeconds('2026-04-24', 'day', 'Africa/Cairo')).toBe(Date.UTC(2026, 3, 23, 22) / 1000);
	});
});

it('a day whose midnight comes twice begins with the one instantAt chooses', () => {
	expect(toUnixSeconds('2021-10-29', 'day', 'Asia/Amman')).toBe(Date.UTC(2021, 9, 28, 22) / 1000);
	expect(toUnixSeconds('2026-11-01', 'day', 'America/Havana')).toBe(Date.UTC(2026, 10, 1, 4) / 1000);
});
