import type { WebhookFormat } from './webhookRequest';

/** `notLive`: Prodamus has not switched the page on yet; `merchantDemo`: the merchant's own demo switch. */
export type PageMode = 'live' | 'notLive' | 'merchantDemo';

/** The integration code issued by support, with the key that signs webhooks of links that carry it. */
export interface ServiceCode {
	readonly code: string;
	readonly key?: string;
}

/** Settings of the payment page in the cabinet. */
export class PageSettings {
	mode: PageMode = 'live';
	webhookFormat: WebhookFormat = 'multipart';
	/** Address of the page without a trailing slash, known once it listens. */
	url = 'http://127.0.0.1';

	constructor(
		readonly secret: string,
		readonly webhookUrls: readonly string[],
		/** Subscription events go here and nowhere else; null as long as the merchant has not filled it in. */
		readonly subscriptionWebhookUrl: string | null,
		private readonly service: ServiceCode | null,
	) {}

	/** `domain` of the webhook. */
	get domain(): string {
		return new URL(this.url).host;
	}

	/** The key that signs a webhook: with `demo` appended while the page is not live (providers/prodamus.md §4). */
	webhookSecret(sys: string): string {
		const serviceKey = this.service && sys === this.service.code ? this.service.key : undefined;
		const secret = serviceKey ?? this.secret;
		return this.mode === 'notLive' ? `${secret}demo` : secret;
	}

	reset(): void {
		this.mode = 'live';
		this.webhookFormat = 'multipart';
	}
}
