import express, { Router } from 'express';
import { z } from 'zod';
import { sendPage } from '../shared/sendPage';
import { refuseForeignPages } from '../shared/loopback';
import type { PlatformControl } from './control';
import { PlatformError } from './control';
import type { PlatformOrder } from './order';
import { COURSES, inventedUser, sampleOrder, toItem } from './order';
import { METHODS, missingPage, orderPage, ORIGINS, SHOWN_CUSTOMERS, shopPage } from './pages';

const purchase = z.object({
	course: z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat()),
	customer: z.coerce.number().int().min(1).max(SHOWN_CUSTOMERS),
	origin: z.coerce.number().int().min(0).max(ORIGINS.length - 1),
	method: z.string().refine((code) => METHODS.some((method) => method.code === code)),
});

/** The shop: a person picks courses, pays, and sees what the pipeline answered. */
export function pageRoutes(control: PlatformControl): Router {
	const router = Router();
	router.use(refuseForeignPages);
	router.get('/', (_request, response) => sendPage(response, shopPage(control.allOrders(), control.deliveries())));
	router.post('/orders', express.urlencoded({ extended: false }), async ({ body }, response) => {
		const order = readPurchase(body);
		if (!order) {
			const notice = 'Выберите хотя бы один курс из списка';
			return sendPage(response, shopPage(control.allOrders(), control.deliveries(), notice), 400);
		}
		await control.payOnce(order);
		response.redirect(303, `/orders/${order.course_order.payment_id}`);
	});
	router.get('/orders/:id', ({ params }, response) => {
		const order = findOrder(control, params.id);
		if (order) sendPage(response, orderPage(order, control.deliveries()));
		else sendPage(response, missingPage(), 404);
	});
	router.post('/orders/:id/:action', async ({ params: { id, action } }, response, next) => {
		if (!findOrder(control, id)) return sendPage(response, missingPage(), 404);
		if (action === 'resend') await control.resend(id);
		else if (action === 'refund') await control.refund(id);
		else return next();
		response.redirect(303, `/orders/${id}`);
	});
	return router;
}

/** null when nothing, or something unknown, was chosen. */
function readPurchase(form: unknown): PlatformOrder | null {
	const { data } = purchase.safeParse(form);
	const items = COURSES.filter(({ packageId }) => data?.course.includes(packageId)).map(toItem);
	if (!data || items.length === 0) return null;
	return sampleOrder({
		course_order_items: items,
		payment_method: data.method,
		user: inventedUser(data.customer),
		utm: ORIGINS[data.origin]?.utm,
	});
}

function findOrder(control: PlatformControl, id: string): PlatformOrder | null {
	try {
		return control.order(id);
	} catch (error) {
		if (error instanceof PlatformError) return null;
		throw error;
	}
}
