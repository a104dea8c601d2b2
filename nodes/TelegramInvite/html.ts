const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The named entities Telegram knows; it shows all others as they are written (providers/telegram.md §3). */
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** Text for Telegram HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** The text a reader sees: tags gone, entities decoded. Telegram limits its length (providers/telegram.md §3). */
export function visibleText(html: string): string {
	return html
		.replace(/<\/?[a-z][^<>]*>/gi, '')
		.replace(/&(?:(amp|lt|gt|quot)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (entity, name, decimal, hex) => {
			if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? entity;
			return character(typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)) ?? entity;
		});
}

/** As {@link visibleText}, with the address behind every link: without markup it would be lost. */
export function plainText(html: string): string {
	return visibleText(html.replace(/<a\s+href\s*=\s*"([^"<>]*)"\s*>(.*?)<\/a>/gis, '$2 ($1)'));
}

function character(codePoint: number): string | undefined {
	return codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
}
