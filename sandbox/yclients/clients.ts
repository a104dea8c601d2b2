/** A client's card. */
export interface Client {
	readonly id: number;
	readonly name: string;
	/** As it was typed; empty when unknown. */
	readonly phone: string;
	readonly email: string;
	/** Milliseconds since 1970, whole seconds. */
	readonly changedAt: number;
}

/** The salon's clients, oldest first. */
export class Clients {
	private readonly byId = new Map<number, Client>();
	private readonly idByDigits = new Map<string, number>();
	private lastId = 501_000;

	get all(): readonly Client[] {
		return [...this.byId.values()];
	}

	find(id: number): Client | undefined {
		return this.byId.get(id);
	}

	/** The client who got this phone last, whatever its spelling. */
	findByPhone(phone: string): Client | undefined {
		const id = this.idByDigits.get(fullDigits(phone));
		return id === undefined ? undefined : this.byId.get(id);
	}

	add(card: Omit<Client, 'id'>): Client {
		this.lastId += 1;
		return this.put({ ...card, id: this.lastId });
	}

	/** Puts a changed card in the place of the former. */
	put(client: Client): Client {
		const former = this.byId.get(client.id);
		const isFound = former && this.findByPhone(former.phone)?.id === client.id;
		if (isFound) this.idByDigits.delete(fullDigits(former.phone));
		this.byId.set(client.id, client);
		if (client.phone !== '') this.idByDigits.set(fullDigits(client.phone), client.id);
		return client;
	}

	clear(): void {
		this.byId.clear();
		this.idByDigits.clear();
	}
}

/** Digits of a phone, a Russian `8` at the front as `7`. */
export function fullDigits(phone: string): string {
	const digits = phone.replace(/\D/g, '');
	return digits.length === 11 && digits.startsWith('8') ? `7${digits.slice(1)}` : digits;
}
