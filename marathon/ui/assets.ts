import { readFileSync } from 'node:fs';

/** A file of the page, or where to go for it. */
export type UiAsset =
  | { readonly redirect: string }
  | { readonly type: string; readonly content: string; readonly headers: Readonly<Record<string, string>> };

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:",
  'X-Content-Type-Options': 'nosniff',
} as const;

const FILES: ReadonlyMap<string, { readonly file: string; readonly type: string }> = new Map([
  ['/ui/', { file: 'page.html', type: 'text/html; charset=utf-8' }],
  ['/ui/page.js', { file: 'page.js', type: 'text/javascript; charset=utf-8' }],
  ['/ui/page.css', { file: 'page.css', type: 'text/css; charset=utf-8' }],
]);

/** The asset at a path, or undefined when the path is none of the page's. */
export function uiAsset(path: string): UiAsset | undefined {
  if (path === '/' || path === '/ui') return { redirect: '/ui/' };
  const entry = FILES.get(path);
  if (entry === undefined) return undefined;
  const content = readFileSync(new URL(entry.file, import.meta.url), 'utf8');
  return { type: entry.type, content, headers: HEADERS };
}
