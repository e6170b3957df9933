export function installMangum(root: string): string;
