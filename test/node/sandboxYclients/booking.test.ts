import axios from 'axios';
import { ACCEPT, COMPANY, onlineRequest, PARTNER, type Stage, startStage } from './stage';

let stage: Stage;
beforeEach(async () => {
	stage = await startStage();
});
afterEach(async () => await stage.close());

const book = async (changes: object = {}, appointment: object = {}) => {
	return await stage.post(`/book_record/${COMPANY}`, onlineRequest(changes, appointment));
};
const later = (hour: number, more: object = {}) => {
	return { id: hour, staff_id: 9001, services: [3068094], datetime: `2030-03-10T${hour}:00:00+03:00`, ...more };
};

describe('online booking', () => {
	it('YL1: keeps comment and api_id, and tells the record', async () => {
		const { status, data } = await book();
		expect([status, data]).toEqual([201, {
			success: true, data: [{ id: 1, record_id: expect.any(Number), record_hash: expect.any(String) }], meta: [],
		}]);
		expect(stage.control.record(data.data[0].record_id)).toMatchObject({
			comment: 'Код клиента: ABC12345', api_id: 'order-18', online: true, attendance: 0, date: '2030-03-10 12:00:00',
			client: { name: 'Анна', phone: '+79990001122', email: 'anna@example.com' }, services: [{ cost: 2000 }],
		});
	});

	it('needs the partner alone', async () => {
		const headers = { Authorization: `Bearer ${PARTNER}`, Accept: ACCEPT };
		const url = `${stage.yclients.url}/api/v1/book_record/${COMPANY}`;
		expect((await axios.post(url, onlineRequest(), { headers, proxy: false })).status).toBe(201);
	});

	it('makes one visit of several appointments', async () => {
		const { data } = await book({ appointments: [later(12), later(14, { staff_id: 9002 })] });
		const records = stage.control.records();
		expect(data.data.map(({ id }: { id: number }) => id)).toEqual([12, 14]);
		expect(new Set(records.map(({ visit_id }) => visit_id)).size).toBe(1);
		expect(records.map(({ staff_id }) => staff_id)).toEqual([9001, 9002]);
	});

	it('finds a free master for anybody', async () => {
		const hired = [];
		for (let time = 0; time < 3; time += 1) {
			const { data } = await book({}, { staff_id: 0 });
			hired.push(stage.control.record(data.data[0].record_id).staff_id);
		}
		expect(hired).toEqual([9001, 9002, 9003]);
		expect((await book({}, { staff_id: -1 })).data.errors.code).toBe(436);
	});

	it.each([
		[431, { phone: '12345' }],
		[431, { phone: '' }],
		[435, { fullname: ' ' }],
		[437, { appointments: [later(12), later(13)] }],
		[438, { appointments: [later(12, { services: [1] })] }],
	])('refuses with code %i, and books nothing', async (code, changes) => {
		const { status, data } = await book(changes);
		expect([status, data]).toEqual([422, {
			errors: { code, message: expect.any(String) }, meta: { message: expect.any(String) },
		}]);
		expect([stage.control.records(), stage.control.clients()]).toEqual([[], []]);
	});

	it('refuses a taken slot with 433, a deleted one is free again', async () => {
		const { data } = await book();
		expect((await book()).data.errors.code).toBe(433);
		stage.control.deleteRecord(data.data[0].record_id);
		expect((await book()).status).toBe(201);
	});

	it('asks for the code of the SMS when phones are confirmed', async () => {
		stage.control.set({ smsCode: '4821' });
		expect((await book()).data.errors.code).toBe(432);
		expect((await book({ code: '0000' })).data.errors.code).toBe(432);
		expect((await book({ code: 4821 })).status).toBe(201);
	});

	it.each([[{ appointments: [] }], [{ appointments: [{ id: 1 }] }], [{ appointments: 'none' }]])(
		'names the fields of %o', async (changes) => {
			const { status, data } = await book(changes);
			expect([status, data.success]).toEqual([422, false]);
			expect(Object.keys(data.meta.errors).join()).toContain('appointments');
		},
	);
});
