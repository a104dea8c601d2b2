import { badRequest } from '../apiError';
import type { FormattedText } from './entities';
import { trimmed, withFoundEntities } from './entities';
import { parseHtml } from './html';
import { parseLegacyMarkdown } from './markdown';
import { ParseError } from './parseError';

/** Counted in UTF-16 units after the markup is gone; stricter than Telegram, which counts characters. */
const MAX_TEXT_LENGTH = 4096;

/**
 * What a message shows.
 *
 * @param mode `parse_mode` as it came
 * @throws ApiError 400 when the markup cannot be read or the text is empty or too long
 */
export function formatted(source: string, mode: string): FormattedText {
	if (source === '') throw badRequest('message text is empty');
	const result = withFoundEntities(trimmed(parse(source, mode)));
	if (result.text === '') throw badRequest('message text is empty');
	if (result.text.length > MAX_TEXT_LENGTH) throw badRequest('message is too long');
	return result;
}

function parse(source: string, mode: string): FormattedText {
	try {
		switch (mode.toLowerCase()) {
			case '':
				return { text: source, entities: [] };
			case 'html':
				return parseHtml(source);
			case 'markdown':
				return parseLegacyMarkdown(source);
			case 'markdownv2':
				throw badRequest("can't parse entities: this sandbox does not read MarkdownV2");
			default:
				throw badRequest('unsupported parse_mode');
		}
	} catch (error) {
		if (error instanceof ParseError) throw badRequest(`can't parse entities: ${error.message}`);
		throw error;
	}
}
