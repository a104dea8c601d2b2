import { z } from 'zod';

import { codeTest, DEFAULT_CODE_PATTERN, findClientCodes, foldCode } from './clientCode';
import { objectOf, text } from './lenient';
import { lastTen, phoneDigits, withCountry } from './phoneDigits';

export interface MatchPolicy {
	/** Form of a client code. @default '^[A-Z]{3}[0-9]{5}$' */
	codePattern?: string;
	/** Send a phone that agrees in its last 10 digits only to review. Off: the seed's plain rule. @default true */
	phoneCountryGuard?: boolean;
	/** For numbers written without a country. @default '7' */
	defaultCountryCode?: string;
	/** The user this record was given to before, if any. */
	linkedUserId?: string | null;
	/** Whether that user holds points for it. */
	pointsPosted?: boolean;
}

/** The warnings of providers/yclients.md §6. */
export type MatchWarning =
	/** Codes of two users: review. */
	| 'two_codes'
	| 'unknown_code'
	| 'unknown_extra_code'
	/** Several users have the e-mail: review. */
	| 'ambiguous_email'
	/** Several users have the phone: review. */
	| 'ambiguous_phone'
	/** The last 10 digits agree, the country does not: review. */
	| 'country_mismatch'
	/** E-mail or phone of the record belong to somebody else than the one it was given to. */
	| 'contact_mismatch'
	/** The code of somebody else appeared after points were given: review. */
	| 'relink_after_award';

/** A user of our own to whom a record may belong. */
export interface User {
	id: string;
	code: string | null;
	email: string | null;
	phone: string | null;
}

type Link = Pick<MatchPolicy, 'linkedUserId' | 'pointsPosted'>;

interface PhoneOwner {
	userId: string;
	/** With the country. */
	full: string;
}

export interface Match {
	userId: string | null;
	/** What led to the user now; null when nobody was found, or only an earlier link says so. */
	matchedBy: 'code' | 'email' | 'phone' | null;
	/** A person has to decide. */
	review: boolean;
	warnings: MatchWarning[];
}

const userId = z.union([z.string().trim().min(1), z.number().int().transform(String)]);
const userSchema = z.object({ id: userId, code: text, email: text, phone: text });
const recordSchema = z.object({ comment: text, client: objectOf(z.object({ email: text, phone: text })) });

/**
 * Finds whose a record is: by client code, then e-mail, then phone; what is doubtful goes to review and is never
 * guessed (providers/yclients.md §6; YL4, YL10).
 *
 * @param record a record of YCLIENTS, or a booking made of one
 * @param users `{id, code, email, phone}`, any of the last three may be missing
 * @throws RangeError when the policy's pattern is no regular expression, or a user has no id
 */
export function matchUser(record: unknown, users: readonly unknown[], policy: MatchPolicy = {}): Match {
	return new UserMatcher(users, policy).match(record, policy);
}

/** Finds the users of many records; see {@link matchUser}. */
export class UserMatcher {
	private readonly byCode = new Map<string, Set<string>>();
	private readonly byEmail = new Map<string, Set<string>>();
	/** By the last ten digits. */
	private readonly byPhone = new Map<string, PhoneOwner[]>();
	private readonly codePattern: string;
	private readonly hasGuard: boolean;
	private readonly countryCode: string;

	/** @throws RangeError when the pattern is no regular expression, or a user has no id */
	constructor(users: readonly unknown[], policy: Omit<MatchPolicy, keyof Link> = {}) {
		const { codePattern = DEFAULT_CODE_PATTERN, phoneCountryGuard = true, defaultCountryCode = '7' } = policy;
		codeTest(codePattern);
		this.codePattern = codePattern;
		this.hasGuard = phoneCountryGuard;
		this.countryCode = defaultCountryCode;
		users.forEach((user, index) => this.add(readUser(user, index)));
	}

	match(record: unknown, link: Link = {}): Match {
		const { comment, client } = recordSchema.safeParse(record).data ?? { comment: null, client: null };
		const { codes } = findClientCodes(comment ?? '', this.codePattern);
		const known = codes.filter((code) => this.byCode.has(code));
		const codeUsers = [...new Set(known.flatMap((code) => [...(this.byCode.get(code) ?? [])]))];
		const email = emailOf(client?.email);
		const digits = phoneDigits(client?.phone ?? null);
		const found =
			this.findByCode(codeUsers, known.length < codes.length, email, digits) ??
			this.findByContact(codes.length > 0, email, digits);
		return keepLink(found, codeUsers, link);
	}

	private add({ id, code, email, phone }: User): void {
		if (code !== null) put(this.byCode, foldCode(code), id);
		const mail = emailOf(email);
		if (mail !== null) put(this.byEmail, mail, id);
		const digits = phoneDigits(phone);
		if (digits === null) return;
		const same = this.byPhone.get(lastTen(digits)) ?? [];
		this.byPhone.set(lastTen(digits), [...same, { userId: id, full: withCountry(digits, this.countryCode) }]);
	}

	/** Null when no code is a user's. */
	private findByCode(
		codeUsers: readonly string[],
		hasUnknown: boolean,
		email: string | null,
		digits: string | null,
	): Match | null {
		const [user] = codeUsers;
		if (user === undefined) return null;
		if (codeUsers.length > 1) return review('two_codes');
		const extra: MatchWarning[] = hasUnknown ? ['unknown_extra_code'] : [];
		const warnings = [...extra, ...this.contactWarnings(user, email, digits)];
		return { userId: user, matchedBy: 'code', review: false, warnings };
	}

	private findByContact(hasUnknownCode: boolean, email: string | null, digits: string | null): Match {
		const found = this.findByEmail(email, digits) ?? this.findByPhone(digits);
		return hasUnknownCode ? { ...found, warnings: ['unknown_code', ...found.warnings] } : found;
	}

	/** Null when the e-mail says nothing. */
	private findByEmail(email: string | null, digits: string | null): Match | null {
		const [user, ...others] = this.usersOfEmail(email);
		if (user === undefined) return null;
		if (others.length > 0) return review('ambiguous_email');
		return { userId: user, matchedBy: 'email', review: false, warnings: this.contactWarnings(user, email, digits) };
	}

	private findByPhone(digits: string | null): Match {
		const nobody: Match = { userId: null, matchedBy: null, review: false, warnings: [] };
		if (digits === null) return nobody;
		const similar = this.byPhone.get(lastTen(digits)) ?? [];
		const [one, ...others] = distinctUsers(similar);
		if (one === undefined) return nobody;
		const equal = distinctUsers(similar.filter(({ full }) => full === withCountry(digits, this.countryCode)));
		if (others.length > 0 && equal.length !== 1) return review('ambiguous_phone');
		if (equal.length === 0 && this.hasGuard) return review('country_mismatch');
		return { userId: equal[0] ?? one, matchedBy: 'phone', review: false, warnings: [] };
	}

	private contactWarnings(userId: string, email: string | null, digits: string | null): MatchWarning[] {
		const emailUsers = this.usersOfEmail(email);
		const phoneUsers = distinctUsers((digits === null ? undefined : this.byPhone.get(lastTen(digits))) ?? []);
		const isElsewhere = [emailUsers, phoneUsers].some((users) => users.length > 0 && !users.includes(userId));
		return isElsewhere ? ['contact_mismatch'] : [];
	}

	private usersOfEmail(email: string | null): string[] {
		return [...((email === null ? undefined : this.byEmail.get(email)) ?? [])];
	}
}

/**
 * A link once made stays, also one a person has made, unless the code of somebody else appears; with points given,
 * a person decides about that.
 */
function keepLink(found: Match, codeUsers: readonly string[], link: Link): Match {
	const { linkedUserId = null, pointsPosted = false } = link;
	if (linkedUserId === null || found.userId === linkedUserId) return found;
	const kept: Match = { ...found, userId: linkedUserId, matchedBy: null, review: false };
	if (codeUsers.includes(linkedUserId)) return { ...kept, matchedBy: 'code' };
	if (codeUsers.length > 0) {
		if (pointsPosted) return { ...kept, review: true, warnings: [...found.warnings, 'relink_after_award'] };
		return found.review ? { ...kept, review: true } : found;
	}
	if (found.userId === null) return kept;
	return { ...kept, warnings: [...new Set<MatchWarning>([...found.warnings, 'contact_mismatch'])] };
}

function review(warning: MatchWarning): Match {
	return { userId: null, matchedBy: null, review: true, warnings: [warning] };
}

function readUser(user: unknown, index: number): User {
	const parsed = userSchema.safeParse(user);
	if (!parsed.success) throw new RangeError(`User ${index + 1} of the list has no id`);
	return parsed.data;
}

function distinctUsers(owners: readonly PhoneOwner[]): string[] {
	return [...new Set(owners.map((owner) => owner.userId))];
}

function emailOf(email: string | null | undefined): string | null {
	return email?.trim().toLowerCase() || null;
}

function put(index: Map<string, Set<string>>, key: string, userId: string): void {
	index.set(key, (index.get(key) ?? new Set()).add(userId));
}
