import { runInNewContext } from 'node:vm';
import { PUBLIC_ID, type Stage, startStage } from './stage';

/** As much of an element as the script touches. */
class Element extends EventTarget {
	readonly style: Record<string, string> = {};
	readonly children: Element[] = [];
	readonly contentWindow = {};
	src = '';
	isOpen = false;

	constructor(readonly tag: string) {
		super();
	}

	setAttribute(): void {}
	append(...children: Element[]): void {
		this.children.push(...children);
	}
	showModal(): void {
		this.isOpen = true;
	}
	close(): void {
		this.isOpen = false;
		this.dispatchEvent(new Event('close'));
	}
	remove(): void {}
}

interface Widget {
	start(params: object): Promise<unknown>;
	pay(kind: string, options: object, callbacks: object): void;
}

let stage: Stage;
let page: { window: EventTarget & { cp?: { CloudPayments: new () => Widget } }; body: Element; visited: string[] };
beforeEach(async () => {
	stage = await startStage();
	const visited: string[] = [];
	const location = { assign: (address: string) => void visited.push(address) };
	const window: typeof page.window = Object.assign(new EventTarget(), { location });
	const body = new Element('body');
	const { data } = await stage.http.get<string>('/widget/cloudpayments.js');
	const document = {
		currentScript: { src: `${stage.cp.url}/widget/cloudpayments.js` },
		createElement: (tag: string) => new Element(tag),
		body,
	};
	const soon = (run: () => void) => setTimeout(run, 0);
	runInNewContext(data, { window, document, URL, setTimeout: soon, encodeURIComponent });
	page = { window, body, visited };
});
afterEach(async () => await stage.close());

const widget = () => {
	if (!page.window.cp) throw new Error('The script has not set cp');
	return new page.window.cp.CloudPayments();
};
const dialog = () => page.body.children.at(-1) as Element;
const part = (tag: string) => dialog().children.find((child) => child.tag === tag) as Element;
const tell = (outcome: object, changes: object = {}) => {
	const source = part('iframe').contentWindow;
	const event = { source, origin: stage.cp.url, data: { cloudpayments: outcome }, ...changes };
	page.window.dispatchEvent(Object.assign(new Event('message'), event));
};
const success = { type: 'payment', status: 'success', data: { transactionId: 7, ReasonCode: 0 } };
const fail = { type: 'payment', status: 'fail', message: 'Нет денег', data: { transactionId: 8, ReasonCode: 5051 } };
const newStyle = {
	publicTerminalId: PUBLIC_ID, amount: 990.5, currency: 'RUB', paymentSchema: 'Dual', externalId: 'w-1',
	accountId: 'ignored', userInfo: { accountId: 'u-1', email: 'u@example.com' }, metadata: { plan: 'pro' }, description: 'Тариф',
	recurrent: { interval: 'Day', period: 30 }, successRedirectUrl: 'https://example.com/ok',
	failRedirectUrl: 'https://example.com/no',
};

describe('the widget’s script (providers/cloudpayments.md §7)', () => {
	it('opens a form of this origin that can be paid', async () => {
		void widget().start(newStyle);
		expect([dialog().tag, dialog().isOpen]).toEqual(['dialog', true]);
		const { src } = part('iframe');
		expect((await stage.http.get<string>(src)).data).toContain('990,50\u00a0₽');
		const parameters = new URL(src).searchParams.get('parameters') ?? '';
		const card = { card: '4000000000003055', expDate: '12/39', cvv: '123' };
		await stage.http.post(src, new URLSearchParams({ ...card, parameters }));
		expect(stage.control.transactions()).toEqual([expect.objectContaining({
			status: 'Authorized', invoiceId: 'w-1', accountId: 'u-1', email: 'u@example.com', jsonData: '{"plan":"pro"}',
			subscriptionId: expect.stringMatching(/^sc_/),
		})]);
	});

	it('tells the outcome when the dialog is closed, and goes where the shop wants', async () => {
		const done = widget().start(newStyle);
		tell(fail);
		tell(success);
		expect(await done).toEqual(success);
		expect([dialog().isOpen, page.visited]).toEqual([false, ['https://example.com/ok']]);
	});

	it('believes its own frame only', async () => {
		const done = widget().start(newStyle);
		tell(success, { source: {} });
		tell(success, { origin: 'https://evil.example' });
		tell(success, { data: 'cloudpayments' });
		part('button').dispatchEvent(new Event('click'));
		expect(await done).toEqual({ type: 'cancel', status: 'cancel' });
		expect(page.visited).toEqual([]);
	});

	it('tells the last refusal to who gives up', async () => {
		const done = widget().start(newStyle);
		tell(fail);
		dialog().close();
		expect([await done, page.visited]).toEqual([fail, ['https://example.com/no']]);
	});

	it('does not start without a scheme', async () => {
		void widget().start({ ...newStyle, paymentSchema: undefined });
		expect((await stage.http.get<string>(part('iframe').src)).data).toContain('schema is invalid');
	});

	it.each([['charge', 'Completed'], ['auth', 'Authorized']])('has the older pay(%s)', async (kind, status) => {
		const options = {
			publicId: PUBLIC_ID, amount: 5, currency: 'RUB', invoiceId: 'w-2', accountId: 'u-2', data: { a: 1 },
		};
		const told: unknown[] = [];
		const callbacks = {
			onSuccess: (...given: unknown[]) => told.push(['success', ...given]),
			onFail: (...given: unknown[]) => told.push(['fail', ...given]),
			onComplete: (...given: unknown[]) => told.push(['complete', ...given]),
		};
		widget().pay(kind, options, callbacks);
		const parameters = new URL(part('iframe').src).searchParams.get('parameters') ?? '';
		const card = { card: '4000000000003055', expDate: '12/39', cvv: '123', parameters };
		await stage.http.post('/widget/frame', new URLSearchParams(card));
		expect(stage.control.transactions()).toEqual([
			expect.objectContaining({ status, invoiceId: 'w-2', accountId: 'u-2', jsonData: '{"a":1}' }),
		]);
		tell(success);
		await new Promise((resolve) => setTimeout(resolve, 20));
		widget().pay(kind, options, callbacks);
		tell(fail);
		dialog().close();
		await new Promise((resolve) => setTimeout(resolve, 20));
		widget().pay(kind, options, callbacks);
		dialog().close();
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(told).toEqual([
			['success', options], ['complete', { success: true, message: null }, options],
			['fail', 'Нет денег', options], ['complete', { success: false, message: 'Нет денег' }, options],
			['fail', 'User has cancelled', options], ['complete', { success: false, message: 'User has cancelled' }, options],
		]);
	});
});
