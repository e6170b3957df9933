export const nodeVersions: readonly string[];
export function installNode(root: string, version: string): string;
