/** The heading of unreleased changes: https://keepachangelog.com. */
const UNRELEASED = '## [Unreleased]';

/** Gives the unreleased changes a version and a date (YYYY-MM-DD). Throws if there are none. */
export function datedChangelog(text: string, version: string, date: string): string {
  if (sectionOf(text, 'Unreleased') === '') throw new Error('CHANGELOG.md has nothing under [Unreleased] to release');
  return text.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`);
}

/** The release notes: the version's section, with links that work outside the repository. `source`: address of the tag's files. */
export function releaseNotes(text: string, version: string, source: string | undefined): string {
  const section = sectionOf(text, version);
  if (section === '') throw new Error(`CHANGELOG.md has no section for ${version}`);
  const notes = `${section}\n\nBefore you upgrade: [upgrade and roll back](RELEASES.md#upgrade).\n`;
  if (source === undefined) return notes;
  return notes.replaceAll(/\]\((?!https?:|#)([^)\s]+)\)/g, (_, target: string) => `](${source}/${target})`);
}

/** The text under the heading of this version, '' if there is none. */
function sectionOf(text: string, version: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line === `## [${version}]` || line.startsWith(`## [${version}] - `));
  if (start === -1) return '';
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}
