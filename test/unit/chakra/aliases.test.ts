import { findChakra, normaliseKey } from '../../../nodes/ChakraInterpreter/calculation/aliases';
import { CHAKRA_IDS, type ChakraId } from '../../../nodes/ChakraInterpreter/calculation/chakras';

const NAMES: Record<ChakraId, string[]> = {
	muladhara: ['Mūlādhāra', 'Муладхара', 'Муладхара (корневая)', 'Муладхара (коренева)', 'Муладгара', 'Root', 'base'],
	svadhisthana: [
		'Svādhiṣṭhāna', 'Свадхистана', 'Свадхистхана', 'Свадхиштхана', 'Свадхістана', 'Свадгістана', 'Свадхіштхана',
		'Swadhisthana', 'Svadhishthana', 'Swadhistana', 'sacral', 'Свадхистана (сакральная)',
	],
	manipura: [
		'Maṇipūra', 'Манипура', 'Маніпура', 'Manipuraka', 'solar', 'solarPlexus', 'solar_plexus', 'Solar Plexus', 'navel',
		'Манипура (солнечное сплетение)', 'сонячне сплетіння',
	],
	anahata: ['Anāhata', 'Анахата', 'Анагата', 'heart', 'Heart Chakra', 'АНАХАТА ЧАКРА'],
	vishuddha: ['Viśuddha', 'Вишудха', 'Вишуддха', 'Вішудха', 'Вішуддха', 'Вішуддхі', 'Vishudha', 'Vishuddhi', 'throat'],
	ajna: ['Ājñā', 'Аджна', 'Agya', 'Adjna', 'thirdEye', 'Third Eye', 'third-eye', 'brow', 'третий глаз', 'третє око'],
	sahasrara: [
		'Sahasrāra', 'Сахасрара', 'Сагасрара', 'crown', 'chakra_crown', "тім'яна", 'Сахасрара (теменная, коронная)',
	],
};

describe('names of chakras (PC1)', () => {
	it.each(CHAKRA_IDS.map((id, index) => [id, index + 1] as const))('finds %s by its id and number %i', (id, number) => {
		for (const name of [id, id.toUpperCase(), ` ${id} `, `${id}-chakra`, `чакра ${id}`, number, String(number)]) {
			expect(findChakra(name)).toBe(id);
		}
	});

	it.each(CHAKRA_IDS)('finds %s by every alias', (id) => {
		for (const name of NAMES[id]) expect([name, findChakra(name)]).toEqual([name, id]);
	});

	it('compares decomposed accents, too', () => {
		for (const name of Object.values(NAMES).flat()) expect(findChakra(name.normalize('NFD'))).toBe(findChakra(name));
	});

	it('strips accents from Latin letters only', () => {
		expect(normaliseKey('Física')).toBe('fisica');
		expect(normaliseKey('Йога їжак'.normalize('NFD'))).toBe('йогаїжак');
	});

	it.each([
		'', ' ', 'chakra', 'ro', 'roots', 'liver', '0', '8', 0, 8, 1.5, NaN, null, undefined, true, {}, [], ['root'],
		'__proto__', 'constructor', 'toString', `${' '.repeat(200)}root`,
	])('does not take %j for a chakra', (name: unknown) => {
		expect(findChakra(name)).toBeNull();
	});
});
