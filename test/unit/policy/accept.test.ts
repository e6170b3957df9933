import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccept } from '../../../src/policy/accept.ts';

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['entries_keep_their_order_on_a_tie', ['text/html, application/json'], ['text/html', 'application/json']],
  ['a_higher_q_comes_first', ['a/a;q=0.1, b/b;q=0.9, c/c;q=0.5'], ['b/b', 'c/c', 'a/a']],
  [
    'wildcards_come_last_on_a_tie',
    ['text/html, application/json, */*;q=0.8, application/xml;q=0.8'],
    ['text/html', 'application/json', 'application/xml', '*/*'],
  ],
  ['q_0_means_not_acceptable', ['a/a;q=0, b/b'], ['b/b']],
  ['several_headers_are_one_list', ['a/a;q=0.2', 'b/b'], ['b/b', 'a/a']],
  ['other_parameters_are_ignored', ['text/html;level=1;q=0.3, a/a;charset=utf-8;q=0.4'], ['a/a', 'text/html']],
  ['case_and_space_do_not_matter', ['  Application/JSON ; Q=0.5 ,A/B'], ['a/b', 'application/json']],
  ['a_broken_q_counts_as_1', ['a/a;q=high, b/b;q=0.9'], ['a/a', 'b/b']],
  ['q_is_held_between_0_and_1', ['a/a;q=7, b/b'], ['a/a', 'b/b']],
  ['nothing_is_nothing', ['', ' , '], []],
];

for (const [name, values, expected] of cases) {
  test(name, () => assert.deepEqual(parseAccept(values), expected));
}
