export const envoyVersions: readonly string[];
export function installEnvoy(root: string, version: string): string;
