// The widget of the stand-in: a dialog with the payment form of this origin. A result in the browser proves nothing;
// the shop learns of a payment by its notifications.
(() => {
	const origin = new URL(document.currentScript.src).origin;
	const CLOSE_AFTER_MS = 1500;

	/** Opens the dialog; resolves when it is closed, with the last thing the form has told. */
	function open(parameters) {
		return new Promise((resolve) => {
			const dialog = document.createElement('dialog');
			const close = document.createElement('button');
			const frame = document.createElement('iframe');
			let outcome = { type: 'cancel', status: 'cancel' };

			close.type = 'button';
			close.textContent = '✕';
			close.setAttribute('aria-label', 'Закрыть');
			frame.title = 'Оплата';
			frame.src = `${origin}/widget/frame?parameters=${encodeURIComponent(JSON.stringify(parameters))}`;
			Object.assign(dialog.style, {
				width: 'min(460px, 100vw)', maxWidth: '100vw', height: 'min(760px, 100vh)', maxHeight: '100vh', padding: '0',
				border: '0', borderRadius: '16px', overflow: 'hidden',
			});
			Object.assign(frame.style, { width: '100%', height: '100%', border: '0', display: 'block' });
			Object.assign(close.style, {
				position: 'absolute', top: '2px', right: '4px', width: '32px', height: '32px', border: '0', background: 'none',
				font: '18px system-ui', cursor: 'pointer',
			});

			const listen = ({ source, origin: sender, data }) => {
				if (source !== frame.contentWindow || sender !== origin || !data?.cloudpayments) return;
				outcome = data.cloudpayments;
				if (outcome.status === 'success') setTimeout(() => dialog.close(), CLOSE_AFTER_MS);
			};
			window.addEventListener('message', listen);
			close.addEventListener('click', () => dialog.close());
			dialog.addEventListener('close', () => {
				window.removeEventListener('message', listen);
				dialog.remove();
				resolve(outcome);
			});
			dialog.append(close, frame);
			document.body.append(dialog);
			dialog.showModal();
		});
	}

	function leave(outcome, { successRedirectUrl, failRedirectUrl } = {}) {
		const address = outcome.status === 'success' ? successRedirectUrl : failRedirectUrl;
		if (outcome.type === 'payment' && address) window.location.assign(address);
	}

	class CloudPayments {
		/** The current way: everything in one object, the outcome in a promise. */
		async start(params) {
			const outcome = await open({
				publicId: params.publicTerminalId,
				amount: params.amount,
				currency: params.currency,
				description: params.description,
				// Without it the real widget does not start.
				schema: String(params.paymentSchema),
				invoiceId: params.externalId,
				accountId: params.userInfo?.accountId,
				email: params.userInfo?.email,
				metadata: params.metadata,
				tokenize: params.tokenize,
				recurrent: params.recurrent,
				receipt: params.receipt,
			});
			leave(outcome, params);
			return outcome;
		}

		/** The older way: `charge` takes the money, `auth` holds it; callbacks tell the outcome. */
		pay(kind, options, { onSuccess, onFail, onComplete } = {}) {
			const { publicId, amount, currency, description, invoiceId, accountId, email, data: metadata } = options;
			const schema = kind === 'auth' ? 'Dual' : 'Single';
			const parameters = { publicId, amount, currency, description, schema, invoiceId, accountId, email, metadata };
			void open(parameters).then((outcome) => {
				const isPaid = outcome.status === 'success';
				const reason = outcome.type === 'cancel' ? 'User has cancelled' : outcome.message;
				if (isPaid) onSuccess?.(options);
				else onFail?.(reason, options);
				onComplete?.({ success: isPaid, message: isPaid ? null : reason }, options);
				leave(outcome, options.configuration?.common);
			});
		}
	}

	window.cp = { CloudPayments };
})();
