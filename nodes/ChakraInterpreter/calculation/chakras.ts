/** The seven chakras from the bottom of the body up; the ids are the keys used everywhere (domain/chakras.md §3.1). */
export const CHAKRA_IDS = [
	'muladhara',
	'svadhisthana',
	'manipura',
	'anahata',
	'vishuddha',
	'ajna',
	'sahasrara',
] as const;

export type ChakraId = (typeof CHAKRA_IDS)[number];

/** Traditional colours, used by the charts and the page. */
export const CHAKRA_COLOURS: Readonly<Record<ChakraId, string>> = {
	muladhara: '#E53935',
	svadhisthana: '#FB8C00',
	manipura: '#FDD835',
	anahata: '#43A047',
	vishuddha: '#29B6F6',
	ajna: '#3949AB',
	sahasrara: '#8E24AA',
};

/** Builds a record with one value per chakra. */
export function perChakra<T>(valueOf: (chakra: ChakraId, index: number) => T): Record<ChakraId, T> {
	return Object.fromEntries(CHAKRA_IDS.map((id, index) => [id, valueOf(id, index)])) as Record<ChakraId, T>;
}
