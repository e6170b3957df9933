import type { IncomingHttpHeaders } from 'node:http';

/** With this header the demo's Envoy tells the backend which headers policies changed: `NAME BASE64` for each, separated by commas. */
export const CHANGED_HEADER = 'x-demo-changed';

/**
 * Runs before the policies and stores the headers as they arrived: name to all its values. Later filters add nothing that looks like a
 * change.
 */
const BEFORE = `
function envoy_on_request(handle)
  local before = {}
  for name, value in pairs(handle:headers()) do
    before[name] = before[name] and (before[name] .. "," .. value) or value
  end
  handle:streamInfo():dynamicMetadata():set("demo", "before", before)
end`;

/** Runs after the policies: the names of changed headers, each with its previous value. The backend sees the new values itself. */
const AFTER = `
function envoy_on_request(handle)
  local demo = handle:streamInfo():dynamicMetadata():get("demo")
  if demo == nil or demo["before"] == nil then return end
  local before, now, changed, names = demo["before"], {}, {}, {}
  for name, value in pairs(handle:headers()) do
    now[name] = now[name] and (now[name] .. "," .. value) or value
  end
  for name, value in pairs(now) do
    if before[name] ~= value then changed[#changed + 1] = name end
  end
  for name, value in pairs(before) do
    if now[name] == nil then changed[#changed + 1] = name end
  end
  table.sort(changed)
  for index, name in ipairs(changed) do
    names[index] = name .. " " .. handle:base64Escape(before[name] or "")
  end
  handle:headers():replace("${CHANGED_HEADER}", table.concat(names, ","))
  handle:streamInfo():dynamicMetadata():set("demo", "changed", table.concat(changed, ", "))
end`;

const luaFilter = (name: string, inlineCode: string): object => ({
  name,
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
    default_source_code: { inline_string: inlineCode },
  },
});

/** Envoy's filters, with one filter before and one after all those that may change a request, and the router last. */
export function markingFilters(filters: readonly unknown[]): readonly unknown[] {
  return [
    luaFilter('demo-before', BEFORE),
    ...filters.slice(0, -1),
    luaFilter('demo-after', AFTER),
    ...filters.slice(-1),
  ];
}

/** Name to a readable description of the change: `platinum → gold`, `(new) gold`, `platinum → (removed)`. */
export function changesOf(marked: string, headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const changes: Record<string, string> = {};
  for (const entry of marked.split(',').filter((part) => part !== '')) {
    const [name = '', encoded = ''] = entry.split(' ');
    const now = headers[name];
    const was = Buffer.from(encoded, 'base64').toString();
    if (now === undefined) changes[name] = `${was} → (removed)`;
    else changes[name] = encoded === '' ? `(new) ${now}` : `${was} → ${now}`;
  }
  return changes;
}
