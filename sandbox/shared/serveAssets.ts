import { join } from 'node:path';
import express, { Router } from 'express';

/**
 * Serves what the pages of a stand-in load: its own files, and the style sheets it shares with the others.
 *
 * @param folder the stand-in's own folder, with a folder `assets` in it
 */
export function serveAssets(folder: string): Router {
	return Router().use([folder, __dirname].map((owner) => express.static(join(owner, 'assets'))));
}
