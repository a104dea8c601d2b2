import { CHAKRA_IDS, type ChakraId } from './chakras';

/** Other spellings of each chakra (domain/chakras.md §3.1); compared after {@link normaliseKey}. */
const ALIASES: Readonly<Record<ChakraId, readonly string[]>> = {
	muladhara: ['1', 'root', 'base', 'муладхара', 'муладгара', 'корневая', 'коренева'],
	svadhisthana: [
		'2', 'sacral', 'swadhisthana', 'svadhishthana', 'swadhistana',
		'свадхистана', 'свадхистхана', 'свадхиштхана', 'сакральная',
		'свадхістана', 'свадгістана', 'свадхіштхана', 'сакральна',
	],
	manipura: [
		'3', 'solar', 'solar plexus', 'navel', 'manipuraka',
		'манипура', 'солнечное сплетение', 'маніпура', 'сонячне сплетіння',
	],
	anahata: ['4', 'heart', 'анахата', 'анагата', 'сердечная', 'серцева'],
	vishuddha: [
		'5', 'throat', 'visuddha', 'vishudha', 'vishuddhi',
		'вишудха', 'вишуддха', 'горловая', 'вішудха', 'вішуддха', 'вішуддхі', 'горлова',
	],
	ajna: ['6', 'third eye', 'brow', 'agya', 'adjna', 'аджна', 'третий глаз', 'третє око'],
	sahasrara: ['7', 'crown', 'сахасрара', 'сагасрара', 'теменная', 'коронная', "тім'яна", 'коронна'],
};

const LONGEST_KEY = 100;

/**
 * The comparable form of a name: lower case, letters and digits only, without the word chakra.
 * Accents go from Latin letters alone: taking them from Cyrillic would turn й into и and ї into і.
 */
export function normaliseKey(text: string): string {
	return text
		.normalize('NFC')
		.replace(/\p{Script=Latin}/gu, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, ''))
		.toLowerCase()
		.replace(/chakra|чакра/g, '')
		.replace(/[^\p{L}\p{N}]/gu, '');
}

const BY_KEY: ReadonlyMap<string, ChakraId> = new Map(
	CHAKRA_IDS.flatMap((id) => [id, ...ALIASES[id]].map((alias) => [normaliseKey(alias), id] as const)),
);

/**
 * The chakra a client means by a name or by its number 1 to 7 counted from below, or null when it is none.
 * A full caption such as `Муладхара (корневая)` counts as its first word.
 */
export function findChakra(name: unknown): ChakraId | null {
	if (typeof name === 'number') return BY_KEY.get(String(name)) ?? null;
	if (typeof name !== 'string' || name.length > LONGEST_KEY) return null;
	const caption = /^([^()]+)\([^()]*\)\s*$/.exec(name);
	return BY_KEY.get(normaliseKey(caption?.[1] ?? name)) ?? null;
}
