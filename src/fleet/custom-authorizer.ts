import type { Access } from './link.ts';

/** What a custom authorizer of AWS IoT is told. Secret, but for its name and the token's. */
export interface AuthorizerLogin {
  /** Of the authorizer; the account's default one when not given. */
  readonly name?: string | undefined;
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
  readonly token?:
    | {
        readonly key: string;
        readonly value: string;
        /** Of the value, in base64, percent-encoded or not, where the authorizer checks signatures. */
        readonly signature?: string | undefined;
      }
    | undefined;
}

/**
 * User name and password of CONNECT for a custom authorizer: what AWS takes from a URL elsewhere stands
 * behind the user name, as AWS's device SDKs write it (developer guide, "Connecting to AWS IoT Core by
 * using custom authentication").
 */
export function customAuthorizerAccess(login: AuthorizerLogin): Extract<Access, { kind: 'login' }> {
  const { name, userName = '', password, token } = login;
  const members = [
    ...(name === undefined ? [] : [`x-amz-customauthorizer-name=${name}`]),
    ...(token?.signature === undefined
      ? []
      : [`x-amz-customauthorizer-signature=${percentEncoded(token.signature)}`]),
    ...(token === undefined ? [] : [`${token.key}=${token.value}`]),
  ];
  return {
    kind: 'login',
    userName: members.length === 0 ? userName : `${userName}?${members.join('&')}`,
    ...(password === undefined ? {} : { password }),
  };
}

/** Base64 has no `%`, so what has one was encoded before. */
function percentEncoded(signature: string): string {
  return signature.includes('%') ? signature : encodeURIComponent(signature);
}
