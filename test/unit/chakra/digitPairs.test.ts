import { CHAKRA_IDS } from '../../../nodes/ChakraInterpreter/calculation/chakras';
import { calculated, pairs } from './support';

describe('digit pairs (PC6)', () => {
	it.each([
		['W5', '15.05.1990', '6 5 5 6 10 18 9', '33b 28d 28d 33b 56b 100e 50b'],
		['W6', '31.12.1999', '4 2 3 3 10 18 18', '22d 11d 17d 17d 56b 100e 100e'],
		['W7', '29.02.2000', '11 9 2 4 2 0 0', '61b 50b 11d 22d 11d 0d 0d'],
		['W8', '07.11.1968', '7 8 2 2 10 15 14', '39b 44b 11d 11d 56b 83e 78e'],
	])('%s: %s gives the values, scores and states of the worked example', (_, date, values, levels) => {
		const result = pairs(date);
		expect(CHAKRA_IDS.map((id) => result.values[id]).join(' ')).toBe(values);
		expect(CHAKRA_IDS.map((id) => `${result.scores[id]}${result.states[id][0]}`).join(' ')).toBe(levels);
	});

	it('takes the zeros of a date without them into account', () => {
		expect(pairs('7.1.2001').values).toEqual(pairs('07.01.2001').values);
	});

	it('can be judged by more is better', () => {
		const { states } = calculated('digit_pairs', { birthDate: '15.05.1990', scaleMeaning: 'more_is_better' });
		expect(CHAKRA_IDS.map((id) => states[id][0]).join('')).toBe('mddmmbm');
	});
});
