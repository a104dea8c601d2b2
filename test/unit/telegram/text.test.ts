import fc from 'fast-check';

import { escapeHtml, plainText, visibleText } from '../../../nodes/TelegramInvite/html';
import { composeMessage } from '../../../nodes/TelegramInvite/message';
import { fillHtml, fillText, fillUrl } from '../../../nodes/TelegramInvite/template';

describe('Telegram HTML', () => {
	it.each([
		['<b>Bold</b> and <i>italic</i>', 'Bold and italic'],
		['<a href="https://t.me/+A_b">Open</a>', 'Open'],
		['<span class="tg-spoiler">x</span><tg-emoji emoji-id="5">👍</tg-emoji>', 'x👍'],
		['a &lt; b &amp;&amp; c &gt; d &quot;e&quot;', 'a < b && c > d "e"'],
		['&#65;&#x42;&#x1F600;', 'AB😀'],
		['&nbsp;&copy;&#0;&#x110000;&amp', '&nbsp;&copy;&#0;&#x110000;&amp'],
		['&amp;lt;', '&lt;'],
		['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
		['<B>x</B>', 'x'],
	])('%j is seen as %j', (html, text) => {
		expect(visibleText(html)).toBe(text);
	});

	it('any text is seen as it was after escaping', () => {
		fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => visibleText(escapeHtml(text)) === text));
	});

	it('escaped text can stand in an attribute', () => {
		expect(escapeHtml('"><script>&\'')).toBe('&quot;&gt;&lt;script&gt;&amp;\'');
	});

	it('ST4 keeps the address of a link in plain text', () => {
		expect(plainText('<b>Hi</b>, <a href="https://t.me/+A_b?x=1&amp;y=2">open</a>!')).toBe(
			'Hi, open (https://t.me/+A_b?x=1&y=2)!',
		);
	});

	it('hostile text takes no time', () => {
		const started = Date.now();
		for (const part of ['<a ', '<a href="', '<a href="">', '&#', '&', '<', '</a>', '{', '{a']) {
			visibleText(plainText(part.repeat(10_000)));
			fillHtml(part.repeat(10_000), new Map());
		}
		expect(Date.now() - started).toBeLessThan(3000);
	});
});

describe('placeholders', () => {
	const values = new Map([
		['name', 'Анна <b>&"'],
		['link', 'https://t.me/+A_b-C'],
		['loop', '{name}'],
		['empty', ''],
		['id', '7 &x=/?#%'],
		['base', ' https://shop.example:8443/course '],
		['constructor', 'c'],
	]);

	it.each([
		['Hi {name}', 'Hi Анна &lt;b&gt;&amp;&quot;'],
		['<a href="{link}">x</a>', '<a href="https://t.me/+A_b-C">x</a>'],
		['{ name }{empty}{loop}', 'Анна &lt;b&gt;&amp;&quot;{name}'],
		['{unknown} {} {{name}} {toString}', '{unknown} {} {Анна &lt;b&gt;&amp;&quot;} {toString}'],
		['$& $1 {link}', '$& $1 https://t.me/+A_b-C'],
	])('in HTML: %j', (template, text) => {
		expect(fillHtml(template, values)).toBe(text);
	});

	it('in a button: no markup, so nothing to escape', () => {
		expect(fillText('Pay, {name}', values)).toBe('Pay, Анна <b>&"');
	});

	it.each([
		['{link}', 'https://t.me/+A_b-C'],
		[' {link} ', 'https://t.me/+A_b-C'],
		['{empty}', ''],
		['', ''],
		['  ', ''],
		['https://shop.example/pay?tg_id={id}', 'https://shop.example/pay?tg_id=7%20%26x%3D%2F%3F%23%25'],
		['https://shop.example/{id}/x', 'https://shop.example/7%20%26x%3D%2F%3F%23%25/x'],
		['{base}/pay?tg_id={id}', 'https://shop.example:8443/course/pay?tg_id=7%20%26x%3D%2F%3F%23%25'],
		['https://shop.example/мы?a=б в', 'https://shop.example/%D0%BC%D1%8B?a=%D0%B1%20%D0%B2'],
		['https://shop.example/?a=1&b=%20', 'https://shop.example/?a=1&b=%20'],
		['tg://resolve?domain=course_test_bot&start={empty}', 'tg://resolve?domain=course_test_bot&start='],
	])('in an address: %j is %s', (template, url) => {
		expect(fillUrl(template, values)).toBe(url);
	});

	it.each([
		'{unknown}',
		'shop',
		'https://',
		'https://x/{unknown}',
		'javascript:alert(1)',
		'file:///etc/passwd',
		'{name}',
	])('in an address: %j is refused', (template) => {
		expect(() => fillUrl(template, values)).toThrow(RangeError);
	});

	it('a value inside an address cannot leave its place', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (value) => {
				const url = new URL(fillUrl('https://shop.example/pay?id={v}&sum=1', new Map([['v', value]])));
				return url.host === 'shop.example' && url.searchParams.get('id') === value && url.searchParams.get('sum') === '1';
			}),
		);
	});
});

describe('a message', () => {
	const none = new Map<string, string>();
	const button = (fields: object) => ({ text: 'Open', url: '', callbackData: '', ...fields });

	it('ST4 has text, the same without markup, and buttons in rows of one', () => {
		const message = composeMessage(
			'<b>Paid.</b> {course}',
			[
				button({ url: '{link}' }),
				button({ text: 'Help', callbackData: 'help:{course}' }),
				button({ text: 'Shop', url: 'https://shop.example/', callbackData: 'unused' }),
			],
			new Map([
				['course', 'A & B'],
				['link', 'https://t.me/+A_b'],
			]),
		);
		expect(message).toEqual({
			html: '<b>Paid.</b> A &amp; B',
			plain: 'Paid. A & B',
			buttons: [
				[{ text: 'Open', url: 'https://t.me/+A_b' }],
				[{ text: 'Help', callback_data: 'help:A & B' }],
				[{ text: 'Shop', url: 'https://shop.example/' }],
			],
		});
	});

	it('leaves a button out that leads nowhere', () => {
		expect(composeMessage('x', [button({ url: '{link}' })], new Map([['link', '']])).buttons).toEqual([]);
	});

	it('may have 4096 characters, counted without markup in UTF-16 units', () => {
		const atLimit = `<b>${'&lt;'.repeat(4094)}😀</b>`;
		expect(composeMessage(atLimit, [], none).html).toBe(atLimit);
		expect(() => composeMessage(`${atLimit}x`, [], none)).toThrow(/4097 characters, over Telegram's 4096/);
	});

	it.each(['', '  \n', '<b></b>', '<b> </b>'])('%j is empty', (text) => {
		expect(() => composeMessage(text, [], none)).toThrow(/empty/);
	});

	it('needs text on its buttons, and at most 64 bytes of data', () => {
		expect(() => composeMessage('x', [button({ text: ' ', url: 'https://x.example' })], none)).toThrow(/no text/);
		expect(composeMessage('x', [button({ callbackData: 'я'.repeat(32) })], none).buttons).toHaveLength(1);
		expect(() => composeMessage('x', [button({ callbackData: 'я'.repeat(33) })], none)).toThrow(/64 bytes/);
	});
});
