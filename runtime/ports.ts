interface Port {
	default: number;
	/** What listens there, for help and for messages. */
	purpose: string;
}

/** Everything that listens on loopback, in the order of the help text; `npm start` has an option `--<name>-port` for each. */
export const PORTS = {
	n8n: { default: 5678, purpose: 'n8n' },
	ledger: { default: 5433, purpose: "the ledger's database" },
	shop: { default: 5700, purpose: 'the demo shop' },
	prodamus: { default: 5701, purpose: 'the stand-in for Prodamus' },
	stripe: { default: 5702, purpose: 'the stand-in for Stripe' },
	telegram: { default: 5703, purpose: 'the stand-in for Telegram' },
	amocrm: { default: 5704, purpose: 'the stand-in for amoCRM' },
	platform: { default: 5705, purpose: 'the course platform' },
	yclients: { default: 5706, purpose: 'the stand-in for YCLIENTS' },
	cloudpayments: { default: 5707, purpose: 'the stand-in for CloudPayments' },
} as const satisfies Record<string, Port>;

export type PortName = keyof typeof PORTS;
export type StackPorts = Record<PortName, number>;

export const PORT_NAMES = Object.keys(PORTS) as PortName[];
