import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html } from '../../../src/admin-page/markup.ts';

test('a text is escaped between tags and in an attribute, and markup within markup is not', () => {
  const hostile = `</b><script>alert(1)</script>" onload='x' &amp; \`\``;
  const inner = html`<b title="${hostile}">${hostile}</b>`;
  const escaped = '&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp; &#96;&#96;';
  assert.equal(html`<i>${inner}</i>`.text, `<i><b title="${escaped}">${escaped}</b></i>`);
});

test('lists are joined, and nothing is said of what is not there', () => {
  assert.equal(html`${[html`<i>`, '<', [1, 0]]}${undefined}${null}${false}|${''}`.text, '<i>&lt;10|');
});

test('an object that only looks like markup is not markup', () => {
  const forged = { text: '<script>' } as unknown as string;
  assert.throws(() => html`${forged}`, TypeError);
});

test('controls, marks that turn the order of letters around, and half characters become visible', () => {
  assert.equal(html`${'a\u202eb\u0000c\u001b[31m\ud800'}`.text, 'a\\u202eb\\u0000c\\u001b[31m\ufffd');
});

test('no text brings a character that means something to HTML', () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('<', '"', "'", '`', '&#60;'));
  fc.assert(
    fc.property(texts, (text) => {
      const [, shown = ''] = /^<a b="(.*)">$/s.exec(html`<a b="${text}">`.text) ?? [];
      assert.doesNotMatch(shown, /[<>"'`]|&(?!amp;|lt;|gt;|quot;|#39;|#96;)/);
    }),
  );
});
