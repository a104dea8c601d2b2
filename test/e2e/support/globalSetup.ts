import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packPackage } from '../../../runtime/packaging';

/** Builds and packs the package once for all end-to-end tests. */
export default function globalSetup(): void {
	process.env.PAYMENT_FULFILLMENT_TARBALL = packPackage(mkdtempSync(join(tmpdir(), 'payment-fulfillment-tarball-')));
}
