/** What one of curl's options means here. */
export type CurlEffect =
  | 'method'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-binary'
  | 'data-urlencode'
  | 'json'
  | 'query'
  | 'head'
  | 'user'
  | 'user-agent'
  | 'referer'
  | 'cookie'
  | 'compressed'
  | 'url'
  /** Says nothing of the request, as --silent does. */
  | 'ignored'
  /** Would change the request in a way that is not carried out. */
  | 'refused';

export interface CurlOption {
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly effect: CurlEffect;
}

const option = (names: string, effect: CurlEffect, takesValue = true): CurlOption => ({
  names: names.split(' '),
  takesValue,
  effect,
});
const silent = (names: string): readonly CurlOption[] =>
  names.split(', ').map((each) => option(each, 'ignored', false));
const silentValue = (names: string): readonly CurlOption[] => names.split(', ').map((each) => option(each, 'ignored'));
const refused = (names: string): readonly CurlOption[] => names.split(', ').map((each) => option(each, 'refused'));

/** As in curl's manual, <https://curl.se/docs/manpage.html>. */
const OPTIONS: readonly CurlOption[] = [
  option('-X --request', 'method'),
  option('-H --header', 'header'),
  option('-d --data --data-ascii', 'data'),
  option('--data-raw', 'data-raw'),
  option('--data-binary', 'data-binary'),
  option('--data-urlencode', 'data-urlencode'),
  option('--json', 'json'),
  option('-G --get', 'query', false),
  option('-I --head', 'head', false),
  option('-u --user', 'user'),
  option('-A --user-agent', 'user-agent'),
  option('-e --referer', 'referer'),
  option('-b --cookie', 'cookie'),
  option('--compressed', 'compressed', false),
  option('--url', 'url'),
  ...silent('-s --silent, -S --show-error, -v --verbose, -i --include, -k --insecure, -L --location, -f --fail'),
  ...silent('--fail-with-body, -g --globoff, -N --no-buffer, -4 --ipv4, -6 --ipv6, -# --progress-bar, --path-as-is'),
  ...silent('-O --remote-name, -0 --http1.0, --http1.1, --http2, --http2-prior-knowledge, --no-progress-meter'),
  ...silentValue('-o --output, -w --write-out, -m --max-time, --connect-timeout, --retry, --resolve, --connect-to'),
  ...silentValue('--cacert, -x --proxy, --unix-socket'),
  ...refused('-F --form, --form-string, -T --upload-file, -K, --url-query, -E --cert, --key, --oauth2-bearer'),
  ...refused('--aws-sigv4, -r --range, -C --continue-at, -z --time-cond'),
  option('-: --next', 'refused', false),
];

const BY_NAME = new Map(OPTIONS.flatMap((each) => each.names.map((name) => [name, each] as const)));

/** By `-X` or `--request`. */
export function curlOption(name: string): CurlOption | undefined {
  return BY_NAME.get(name);
}

/** Long names that are read, for suggestions: `request`. */
export const curlNames: readonly string[] = OPTIONS.filter(({ effect }) => effect !== 'refused' && effect !== 'ignored')
  .flatMap(({ names }) => names)
  .filter((name) => name.startsWith('--'))
  .map((name) => name.slice(2));
