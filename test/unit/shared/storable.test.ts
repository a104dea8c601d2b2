import { storable } from '../../../nodes/shared/storable';

test('zero bytes go, half surrogate pairs are replaced, everything else stays', () => {
	const value = {
		text: 'a\u0000b \ud83d\ude00 c',
		halves: ['\ud800', 'x\udc00', '\udc00\ud800', '\ud83d\ud83d\ude00'],
		['ke\u0000y']: 1,
		nested: [{ deep: 'ok\u0000' }],
		none: null,
		yes: true,
	};
	expect(storable(value)).toEqual({
		text: 'ab 😀 c',
		halves: ['\ufffd', 'x\ufffd', '\ufffd\ufffd', '\ufffd😀'],
		key: 1,
		nested: [{ deep: 'ok' }],
		none: null,
		yes: true,
	});
});

test('what was fit is unchanged', () => {
	const value = { a: 'Расширенный разбор «Запуск»\n\t\u2028 😀', b: [1, 2.5, { c: '' }] };
	expect(storable(value)).toEqual(value);
});
