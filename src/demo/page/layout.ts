import { html, type Html } from './html.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded and nothing runs: what strangers wrote is text and stays text. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function renderLayout(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · gitops-warden demo</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header class="site">
          <nav aria-label="Site">
            <a href="/">Embedded GitHub</a> · repositories, pull requests and issues of this demo
          </nav>
        </header>
        <main>${content}</main>
        <footer class="site">
          An embedded stand-in for GitHub, served by gitops-warden from real Git repositories. It is not
          github.com.
        </footer>
      </body>
    </html> `.markup;
}
