import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { readContext } from '../../../src/commands/eval-context.ts';
import { compileTemplate, ExpressionError } from '../../../src/expression/index.ts';
import { contexts } from '../../conformance/score.ts';
import { hostileNames } from './expression-grammar.ts';

const hostile = JSON.parse('{"__proto__": {"polluted": "own"}, "constructor": "own", "list": [1], "text": "a"}');

function outcome(template: string, extra: Readonly<Record<string, unknown>> = {}): string {
  const context = readContext(contexts.orders);
  const variables = new Map<string, unknown>([...context.variables, ['hostile', hostile], ...Object.entries(extra)]);
  try {
    const value = compileTemplate(template).evaluate({ ...context, variables });
    return value === null ? 'null' : `value ${value}`;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `error ${error.message}`;
  }
}

/** Neither a value nor anything of this process: null where a map lacks the key, else an error. */
function refuses(template: string): void {
  const result = outcome(template);
  assert.ok(result === 'null' || result.startsWith('error '), `${template} gave ${result}`);
  assert.equal(Reflect.get(globalThis, 'pwned'), undefined, template);
}

afterEach(() => {
  assert.equal(Reflect.get({}, 'polluted'), undefined);
  assert.equal(Reflect.get(globalThis, 'pwned'), undefined);
});

describe('names of the host language', () => {
  const targets = [
    ...["'text'", '1', '1L', '1.5', 'true', '{1, 2}', '{a: 1}', '#request', '#request.headers', '#request.params'],
    ...['#request.ssl', '#request.jsonContent', '#context', '#context.attributes', '#properties', '#api', '#jsonPath'],
    ...[
      'T(String)',
      'new java.util.Date(0)',
      "'a'.toCharArray()",
      "#request.headers['x-tags']",
      '#properties.keySet()',
    ],
    ...["new java.text.DecimalFormat('0')", 'T(java.time.LocalDate).of(2024, 1, 2)', '#request.ssl.client', '#node'],
  ];
  // Java's own properties and methods of the same name, which are harmless.
  const meant = new Set(['valueOf', 'toLocaleString']);

  for (const target of targets) {
    it(`lead nowhere from ${target}`, () => {
      for (const name of hostileNames) {
        if (meant.has(name)) continue;
        refuses(`{((${target}).${name})}`);
        refuses(`{((${target})?.${name})}`);
        refuses(`{((${target})['${name}'])}`);
        refuses(`{((${target})[${name}])}`);
        refuses(`{((${target})['${name.slice(0, 3)}' + '${name.slice(3)}'])}`);
        refuses(`{((${target}).${name}())}`);
        refuses(`{((${target}).${name}('return process')())}`);
        refuses(`{((${target}).${name}.${name}('return process')())}`);
      }
    });
  }

  it('are not variables, functions or types', () => {
    for (const name of hostileNames) {
      refuses(`{#${name}}`);
      refuses(`{#${name}('x')}`);
      refuses(`{T(${name})}`);
      refuses(`{(new ${name}('x'))}`);
      refuses(`{(${name})}`);
      refuses(`{(${name}('x'))}`);
      refuses(`{({1}.![${name}])}`);
      refuses(`{({1}.?[${name} != null])}`);
      refuses(`{#jsonPath(#request.content, '$.${name}')}`);
      refuses(`{#jsonPath(#request.content, '$["${name}"]')}`);
      refuses(`{#jsonPath(#request.headers, '$.${name}')}`);
      refuses(`{#jsonPath(#context.attributes, '$.${name}')}`);
    }
  });

  it('are plain keys where data have them', () => {
    assert.equal(outcome("{#hostile['constructor']}"), 'value own');
    assert.equal(outcome('{#hostile.constructor}'), 'value own');
    assert.equal(outcome("{#hostile['__proto__'].polluted}"), 'value own');
    assert.equal(outcome("{#hostile['polluted']}"), 'null');
    assert.equal(outcome('{({__proto__: 1}.__proto__)}'), 'value 1');
    assert.equal(outcome("{({constructor: 'a'}['constructor'])}"), 'value a');
    const json = '{"__proto__": {"polluted": 7}}';
    assert.equal(outcome("{#jsonPath(#json, '$.__proto__.polluted')}", { json }), 'value 7');
    assert.equal(outcome("{#jsonPath(#json, '$.polluted')}", { json }), 'null');
  });
});

describe('published attacks on Spring Expression', () => {
  for (const attack of [
    "{T(java.lang.Runtime).getRuntime().exec('touch /tmp/pwned')}",
    '{T(Runtime).getRuntime()}',
    "{(new java.lang.ProcessBuilder({'id'}).start())}",
    "{(new ProcessBuilder('id').start())}",
    "{(''.class.forName('java.lang.Runtime'))}",
    "{(''.getClass().forName('java.lang.Runtime').getMethod('getRuntime').invoke(null))}",
    "{(''.class.getResource('/'))}",
    '{#this.getClass().getClassLoader()}',
    '{#request.class.classLoader}',
    '{#request.getClass().getProtectionDomain()}',
    "{T(java.lang.Class).forName('java.lang.Runtime')}",
    '{T(ClassLoader).getSystemClassLoader()}',
    '{T(java.lang.System).getenv()}',
    "{T(System).getProperty('user.home')}",
    '{T(System).exit(1)}',
    "{T(java.nio.file.Files).readAllLines(T(java.nio.file.Paths).get('/etc/passwd'))}",
    "{(new java.io.File('/etc/passwd').exists())}",
    "{(new java.util.Scanner(new java.io.File('/etc/passwd')).next())}",
    "{(new java.net.URL('http://127.0.0.1').openStream())}",
    "{T(java.net.InetAddress).getByName('localhost')}",
    "{(new javax.script.ScriptEngineManager().getEngineByName('js').eval('1'))}",
    '{T(org.springframework.util.StreamUtils).copy(1, 2)}',
    "{T(org.springframework.cglib.core.ReflectUtils).defineClass('a', 'b', null)}",
    '{T(java.lang.Thread).sleep(100000)}',
    '{(new java.lang.Thread().start())}',
    '{T(java.lang.Object).getClass()}',
    '{T(String).getClass().getName()}',
    '{T(java.util.Base64).getClass()}',
    '{#context.setVariable("a", 1)}',
    '{(@environment)}',
    '{(&@factory)}',
    "{(@'bean.name')}",
    "{#request.content = 'x'}",
    "{#properties['siteID'] = 'x'}",
    '{#request.timestamp++}',
    '{(--#request.timestamp)}',
    "{#context.attributes.put('a', 'b')}",
    "{#context.attributes.remove('user')}",
    "{#context.attributes['list'].add('x')}",
    "{#request.headers.add('a', 'b')}",
    '{#request.headers.clear()}',
  ]) {
    it(`fails: ${attack}`, () => {
      assert.match(outcome(attack), /^error /);
    });
  }
});

describe('published attacks on JSON path evaluators of JavaScript', () => {
  for (const path of [
    '$[(require("child_process").exec("touch /tmp/pwned"))]',
    '$..[?(p="globalThis.pwned=1";a=""[["constructor"]][["constructor"]](p);a())]',
    '$[?(var _$_root=[].constructor.constructor("globalThis.pwned=1")())]',
    '$..[?(" ".constructor.constructor("globalThis.pwned=1")())]',
    '$[?(@.constructor.constructor("globalThis.pwned=1")())]',
    '$..[(this.constructor.constructor("globalThis.pwned=1")())]',
    '$[?(this.process.mainModule.require("child_process").execSync("id"))]',
    '$[?(con = constructor, dp = defineProperty, gopd = getOwnPropertyDescriptor, f = con.getOwnPropertyDescriptor)]',
    '$[?(@root.__proto__.polluted=1)]',
    '$[?(globalThis.pwned = 1)]',
    '$[?(@["constructor"]["constructor"]("globalThis.pwned=1")())]',
    '$[?(@.a.sort.call(null, @.a.constructor.constructor("globalThis.pwned=1")))]',
    '$..*[?(@property === "constructor" && @.constructor("globalThis.pwned=1")())]',
    '$.^',
    '$~',
    '$.a~',
    '$.a^',
    '$..a^^',
    '$.`a',
    '$@string()',
    '$.a@scalar()',
    '$[?(@path)]',
    '$[?(@parent.x)]',
    '$.__proto__.polluted',
    '$["__proto__"]["polluted"]',
    '$..__proto__',
    '$.constructor.prototype',
    '$.keys().constructor',
    '$.a.length().constructor',
  ]) {
    it(`end in nothing: ${path}`, () => {
      const result = outcome('{#jsonPath(#json, #path)}', { json: '{"a": {"b": 1}, "c": [{"a": 1}]}', path });
      assert.ok(/^(?:error |null$|value (?:null(?:,null)*)?$)/.test(result), `${path} gave ${result}`);
      const onValue = outcome('{#jsonPath(#data, #path)}', { data: hostile, path });
      if (onValue.startsWith('value ')) assert.doesNotMatch(onValue, /function|native|pwned/);
    });
  }
});

describe('published attacks on expression evaluators of JavaScript', () => {
  for (const attack of [
    "{(constructor.constructor('globalThis.pwned=1')())}",
    "{#this.constructor.constructor('globalThis.pwned=1')()}",
    "{(''.constructor.constructor('globalThis.pwned=1')())}",
    "{('a'.sub.constructor('globalThis.pwned=1')())}",
    "{(toString.constructor('globalThis.pwned=1')())}",
    "{({}.constructor.constructor('globalThis.pwned=1')())}",
    "{({:}['constructor']['constructor']('globalThis.pwned=1')())}",
    '{({:}.__proto__.polluted = 1)}',
    "{#hostile.__defineGetter__('a', #jsonPath)}",
    "{#hostile['__proto__']['polluted2'] = 1}",
    "{('a'.replace('a', constructor))}",
    "{({'a', 'b'}.map(constructor))}",
    '{({1, 2}.reduce(constructor))}',
    "{({1}.![#this.constructor('globalThis.pwned=1')()])}",
    "{#locals}{#locals.constructor('x')}",
    '{#arguments[0]}',
    "{#jsonPath.constructor('globalThis.pwned=1')()}",
    "{#jsonPath['call'](null)}",
    "{T(constructor).constructor('globalThis.pwned=1')()}",
  ]) {
    it(`end in nothing: ${attack}`, () => {
      assert.match(outcome(attack), /^(?:error |null$)/);
    });
  }
});

describe('work without end', () => {
  const large = {
    many: Array.from({ length: 20_000 }, (_, i) => i),
    text: 'a'.repeat(1 << 20),
    json: JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, a: [{ b: id }] }))),
    xml: `<a>${'<b id="1"><c>text</c></b>'.repeat(20_000)}</a>`,
    deep: '['.repeat(500_000),
  };
  const bomb = `<!DOCTYPE a [<!ENTITY x "${'x'.repeat(1000)}">]><a>&x;&x;</a>`;

  for (const template of [
    '{#many.![#many.![#this]].size()}',
    '{#many.![#many.contains(-1)].size()}',
    '{#many.![#text.toUpperCase()].size()}',
    "{#many.![#text.replace('a', '')].size()}",
    "{#many.![#text.hashCode() + #text.indexOf('b')].size()}",
    "{#many.![#jsonPath(#json, '$[0].id')].size()}",
    "{#jsonPath(#json, '$..*..*..*')}",
    "{#xpath(#xml, 'count(//b/following::b/following::b)')}",
    "{#xpath(#xml, 'count(//b[following::b])')}",
    '{#many.![T(java.math.BigDecimal).valueOf(2L).pow(9999)].size()}',
    '{(9.99 ^ 2147483647 > 0 ? new java.math.BigDecimal(10).pow(999999999) : 0)}',
    "{T(String).format('%2000000000d', 1)}",
    "{('a'.repeat(2000000000))}",
    "{('a' * 100000)}",
    '{(new int[2000000000])}',
    "{#jsonPath(#deep, '$')}",
    "{#xpath(#bomb, '/a')}",
    `{(${'('.repeat(5_000)}1${')'.repeat(5_000)})}`,
    `{('a'${".concat('b')".repeat(20_000)})}`,
  ]) {
    it(`is refused: ${template.slice(0, 80)}`, () => {
      assert.match(outcome(template, { ...large, bomb }), /^error /);
    });
  }

  it('is no matter for regular expressions, which run in linear time', () => {
    const evil = { text: `${'a'.repeat(50_000)}!` };
    for (const pattern of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){20}$', '([a-zA-Z]+)*$']) {
      assert.match(outcome(`{(#text matches '${pattern}')}`, evil), /^(?:value false|error )/);
      assert.match(outcome(`{#text.replaceAll('${pattern}', 'x').length()}`, evil), /^(?:value \d+|error )/);
      assert.match(outcome(`{#text.split('${pattern}').length}`, evil), /^(?:value \d+|error )/);
    }
  });

  it('is paid for where each match looks at all that follows', () => {
    // Every search is linear, but there is one for each character.
    const evil = { text: 'a'.repeat(200_000) };
    for (const pattern of ['a(?:.*z)?', '(?m)a(?:.*z)?$|a', '(?s)a(.*z|)', 'a(?:[^z]*z|)']) {
      for (const call of [`replaceAll('${pattern}', 'x')`, `split('${pattern}')`]) {
        assert.match(outcome(`{#text.${call}}`, evil), /^error .*steps/, pattern);
      }
    }
    // And a page that is as long is no matter.
    const page = { text: '{"name": "x y", "n": 17}, '.repeat(8_000) };
    assert.equal(outcome(`{#text.replaceAll('(\\w+)(?=:)', 'k').length()}`, page), 'value 208000');
    assert.match(outcome(`{#text.replaceAll('"(\\w+)":', '$1 =').length()}`, page), /^value \d+/);
  });
});
