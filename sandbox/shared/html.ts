/** Markup that is safe to insert as it is. Only {@link html} makes it. */
export class Html {
	constructor(readonly text: string) {}
}

/** What a template may hold: text is escaped, markup and lists of markup are inserted, null leaves nothing. */
export type HtmlValue = string | number | null | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;',
};

/** Template tag that escapes every value which is not markup itself. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
	return new Html(strings.reduce((text, part, index) => `${text}${render(values[index - 1] ?? null)}${part}`));
}

function render(value: HtmlValue): string {
	if (value === null) return '';
	if (value instanceof Html) return value.text;
	if (Array.isArray(value)) return value.map(render).join('');
	return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
