import { BranchTime } from './branchTime';

export interface ServiceOffer {
	readonly id: number;
	readonly title: string;
	/** Kopecks. */
	readonly priceMinor: number;
	readonly lengthSeconds: number;
}

export interface Master {
	readonly id: number;
	readonly name: string;
	readonly specialization: string;
}

/** The salon: what it offers and who works there. */
export interface Branch {
	readonly companyId: number;
	/** The chain it belongs to; loyalty cards live there (providers/yclients.md §8). */
	readonly chainId: number;
	readonly title: string;
	readonly time: BranchTime;
	readonly services: readonly ServiceOffer[];
	readonly staff: readonly Master[];
}

/** A small salon; ids never change. @param timeZone IANA name */
export function defaultBranch(companyId: number, timeZone: string): Branch {
	return {
		companyId,
		chainId: 5100,
		title: 'Салон «Лотос»',
		time: new BranchTime(timeZone),
		services: [
			{ id: 3068094, title: 'Маникюр с покрытием', priceMinor: 200_000, lengthSeconds: 5400 },
			{ id: 3068101, title: 'Дизайн ногтей', priceMinor: 30_000, lengthSeconds: 1800 },
			{ id: 3068200, title: 'Стрижка мужская', priceMinor: 150_000, lengthSeconds: 2700 },
			{ id: 3068210, title: 'Укладка', priceMinor: 300_000, lengthSeconds: 3600 },
		],
		staff: [
			{ id: 9001, name: 'Мария', specialization: 'Мастер маникюра' },
			{ id: 9002, name: 'Илья', specialization: 'Барбер' },
			{ id: 9003, name: 'Софья', specialization: 'Стилист' },
		],
	};
}
