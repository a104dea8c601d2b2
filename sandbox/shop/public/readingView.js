/** Elements a reading may use. Everything else loses its tag and keeps its text, or is dropped with it. */
const ALLOWED = new Set([
	'ARTICLE', 'B', 'BLOCKQUOTE', 'BR', 'CAPTION', 'DIV', 'EM', 'FOOTER', 'H1', 'H2', 'H3', 'H4', 'HEADER', 'HR', 'I', 'LI',
	'OL', 'P', 'SECTION', 'SMALL', 'SPAN', 'STRONG', 'TABLE', 'TBODY', 'TD', 'TFOOT', 'TH', 'THEAD', 'TR', 'UL',
]);
const DROPPED = new Set([
	'BUTTON', 'EMBED', 'FORM', 'IFRAME', 'INPUT', 'LINK', 'MATH', 'META', 'NOSCRIPT', 'OBJECT', 'SCRIPT', 'SELECT', 'STYLE',
	'SVG', 'TEMPLATE', 'TEXTAREA', 'TITLE',
]);

/**
 * Shows a reading that came over the network. Its HTML is rebuilt from allowed elements without any attribute, and the
 * chart is shown as an image, where scripts never run: whatever the server sends, it cannot act in this page.
 *
 * @param {HTMLElement} container
 * @param {{title?: string, text?: string, html?: string, svg?: string}} reading
 */
export function showReading(container, reading) {
	container.replaceChildren();
	if (reading.title && !/<h1/i.test(reading.html ?? '')) container.append(element('h1', reading.title));
	const body = element('div');
	body.className = 'reading-body';
	if (reading.html) body.append(...safeNodes(parse(reading.html).body));
	else body.append(...paragraphs(reading.text ?? ''));
	if (reading.svg) {
		const chart = chartImage(reading.svg);
		const heading = body.querySelector('h1, h2');
		if (heading && heading.closest('.reading-body') === body) heading.after(chart);
		else body.prepend(chart);
	}
	container.append(body);
}

function chartImage(svg) {
	const figure = element('figure');
	const image = element('img');
	image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
	image.alt = 'Схема семи центров';
	figure.append(image);
	return figure;
}

/** A parsed document is inert: nothing in it is loaded or run. */
function parse(html) {
	return new DOMParser().parseFromString(html, 'text/html');
}

function safeNodes(parent) {
	return [...parent.childNodes].flatMap((node) => {
		if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
		if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName.toUpperCase())) return [];
		if (!ALLOWED.has(node.tagName)) return safeNodes(node);
		const copy = document.createElement(node.tagName);
		copy.append(...safeNodes(node));
		return [copy];
	});
}

function paragraphs(text) {
	return text.split(/\n{2,}/).map((paragraph) => element('p', paragraph));
}

function element(name, text = '') {
	const created = document.createElement(name);
	created.textContent = text;
	return created;
}
