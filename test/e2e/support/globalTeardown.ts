import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default function globalTeardown(): void {
	if (process.env.PAYMENT_FULFILLMENT_TARBALL) {
		rmSync(dirname(process.env.PAYMENT_FULFILLMENT_TARBALL), { recursive: true, force: true });
	}
}
