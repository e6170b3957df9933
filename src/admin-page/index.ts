export { AdminPage } from './admin-page.ts';
export type { AdminPageSource } from './page-source.ts';
export { ReloadHistory } from './reload-history.ts';
