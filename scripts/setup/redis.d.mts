export function installRedis(root: string): string;
