import { Refusal } from './refusal';

export const NOTIFICATION_TYPES = ['check', 'pay', 'fail', 'confirm', 'refund', 'recurrent', 'cancel'] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** Where and how a type of notification is sent. */
export interface AddressSettings {
	readonly isEnabled: boolean;
	readonly address: string | null;
	readonly httpMethod: 'GET' | 'POST';
}

const OFF: AddressSettings = { isEnabled: false, address: null, httpMethod: 'GET' };

/** One address per type of notification; setting it takes the old one away. */
export class Addresses {
	private readonly byType = new Map<NotificationType, AddressSettings>();

	get(type: NotificationType): AddressSettings {
		return this.byType.get(type) ?? OFF;
	}

	/** @throws Refusal when it is switched on without an address */
	set(type: NotificationType, settings: AddressSettings): void {
		if (settings.isEnabled && settings.address === null) throw new Refusal('Address is required');
		if (settings.address !== null && !URL.canParse(settings.address)) throw new Refusal('Address is invalid');
		this.byType.set(type, settings);
	}
}

/** The type by its name in any letter case. @throws Refusal when there is none */
export function readType(name: string): NotificationType {
	const type = NOTIFICATION_TYPES.find((known) => known === name.toLowerCase());
	if (!type) throw new Refusal(`Unknown notification type ${name}`);
	return type;
}
