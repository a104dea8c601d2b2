'use strict';

// A process of its own: PGlite loads its parts by dynamic import, which jest's module system does not offer.
const { PGlite } = require('@electric-sql/pglite');
const { PGLiteSocketServer } = require('@electric-sql/pglite-socket');

/** Serves an in-memory PGlite on a free loopback port and tells the parent process the port. */
async function serve(maxConnections) {
	const db = await PGlite.create();
	const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections });
	await server.start();
	process.send({ port: Number(server.getServerConn().split(':').pop()) });
	process.once('disconnect', () => process.exit());
}

void serve(Number(process.argv[2]));
