import { randomBytes } from 'node:crypto';
import { Problem } from './problem';

/** An OAuth2 integration. */
export interface OAuthClient {
	readonly clientId: string;
	readonly clientSecret: string;
}

/** The answer of the token endpoint. */
export interface TokenGrant {
	readonly token_type: 'Bearer';
	readonly expires_in: number;
	readonly server_time: number;
	readonly access_token: string;
	readonly refresh_token: string;
}

const ACCESS_SECONDS = 86_400;
const CODE_MS = 20 * 60 * 1000;

/** The long-lived token and those given out by OAuth2 (providers/amocrm.md §1). */
export class Tokens {
	private isRevoked = false;
	/** Access tokens with the moment they end, in milliseconds. */
	private readonly access = new Map<string, number>();
	private readonly codes = new Map<string, number>();
	private readonly refresh = new Set<string>();

	constructor(
		private readonly longLived: string,
		private readonly client: OAuthClient,
	) {}

	/** Whether the `Authorization` header opens the account. */
	accepts(header: string | undefined): boolean {
		const token = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
		if (token === undefined || this.isRevoked) return false;
		return token === this.longLived || (this.access.get(token) ?? 0) > Date.now();
	}

	/** The administrator takes the access away, or gives it back. */
	setRevoked(isRevoked: boolean): void {
		this.isRevoked = isRevoked;
	}

	/** Ends the access tokens given out so far; their refresh tokens stay good. */
	expireAccess(): void {
		this.access.clear();
	}

	/** A code as the authorisation page hands it out: good for 20 minutes, once. */
	issueCode(): string {
		const code = `sandbox-code-${randomBytes(12).toString('hex')}`;
		this.codes.set(code, Date.now() + CODE_MS);
		return code;
	}

	/**
	 * Serves the token endpoint. Codes and refresh tokens work once.
	 *
	 * @throws Problem 400 or 401 when the client, the code or the refresh token is not good
	 */
	exchange(parameters: Readonly<Record<string, unknown>>): TokenGrant {
		const { client_id: id, client_secret: secret, grant_type: grantType, redirect_uri: redirectUri } = parameters;
		if (id !== this.client.clientId || secret !== this.client.clientSecret) {
			throw new Problem(401, 'Client authentication failed', [], 'Invalid client');
		}
		if (typeof redirectUri !== 'string' || redirectUri === '') throw refused('redirect_uri is missing');
		if (grantType === 'authorization_code') this.useCode(parameters.code);
		else if (grantType === 'refresh_token') this.useRefreshToken(parameters.refresh_token);
		else throw refused('grant_type is not supported');
		return this.grant();
	}

	/** Forgets what was given out; the long-lived token is good again. */
	reset(): void {
		this.isRevoked = false;
		this.access.clear();
		this.codes.clear();
		this.refresh.clear();
	}

	private useCode(code: unknown): void {
		const endsAt = this.codes.get(String(code)) ?? 0;
		this.codes.delete(String(code));
		if (endsAt <= Date.now()) throw refused('Authorization code has been revoked');
	}

	private useRefreshToken(token: unknown): void {
		if (this.isRevoked || !this.refresh.delete(String(token))) throw refused('Token has been revoked');
	}

	private grant(): TokenGrant {
		const accessToken = `sandbox-access-${randomBytes(24).toString('hex')}`;
		const refreshToken = `sandbox-refresh-${randomBytes(24).toString('hex')}`;
		this.access.set(accessToken, Date.now() + ACCESS_SECONDS * 1000);
		this.refresh.add(refreshToken);
		return {
			token_type: 'Bearer',
			expires_in: ACCESS_SECONDS,
			server_time: Math.floor(Date.now() / 1000),
			access_token: accessToken,
			refresh_token: refreshToken,
		};
	}
}

function refused(hint: string): Problem {
	return new Problem(400, 'The request is missing a parameter or a parameter is invalid', [], hint);
}
