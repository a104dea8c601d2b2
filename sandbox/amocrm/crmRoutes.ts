import { Router } from 'express';
import { sendPage } from '../shared/sendPage';
import { refuseForeignPages } from '../shared/loopback';
import type { Account } from './account';
import type { AmoCrmControl } from './control';
import type { PageSettings } from './crmPage';
import { boardPage, leadPage, missingPage } from './crmPage';

/** What a manager sees: the board, the contacts, and a lead with its notes. */
export function crmRoutes(control: AmoCrmControl, account: Account): Router {
	const settings = (): PageSettings => ({ account, timeZone: control.modes.timeZone });
	const router = Router();
	router.use(refuseForeignPages);
	router.get('/', (_request, response) => {
		sendPage(response, boardPage(settings(), control.leads(), control.contacts()));
	});
	router.get('/leads/:id', ({ params }, response) => {
		const lead = control.leads().find(({ id }) => String(id) === params.id);
		if (!lead) return sendPage(response, missingPage(), 404);
		const contacts = lead.contactIds.map((id) => control.contact(id));
		sendPage(response, leadPage(settings(), lead, contacts, control.notes(lead.id)));
	});
	return router;
}
