/* SPDX-License-Identifier: Apache-2.0 */
/* HTML: escaping, and the frame with its style. */
#include "audit/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	char c;
	const char *entity;
} entities[] = {
	{ '<', "&lt;" },   { '>', "&gt;" },   { '&', "&amp;" },
	{ '"', "&quot;" }, { '\'', "&#39;" },
};

static const char *entity_of(char c)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (entities[i].c == c)
			return entities[i].entity;
	}
	return NULL;
}

void au_html_text(struct ev_buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *entity = entity_of(*text);

		if (entity != NULL)
			ev_buffer_add_str(out, entity);
		else
			ev_buffer_add_byte(out, (uint8_t)*text);
	}
}

void au_html_printf(struct ev_buffer *out, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		out->failed = true;
		return;
	}
	au_html_text(out, text);
	free(text);
}

void au_html_element(struct ev_buffer *out, const char *tag, const char *class,
		     const char *text)
{
	ev_buffer_printf(out, "<%s", tag);
	if (class != NULL)
		ev_buffer_printf(out, " class=\"%s\"", class);
	ev_buffer_add_str(out, ">");
	au_html_text(out, text);
	ev_buffer_printf(out, "</%s>", tag);
}

void au_html_words(struct ev_buffer *out, const char *tag, const char *class,
		   struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		au_html_element(out, tag, class, (const char *)text->p);
	else
		out->failed = true;
	text->n = 0;
}

/* Colours twice: what a region is told by is a letter and a pattern too. */
#define LIGHT                                                                  \
	"--bg:#fff;--fg:#1b1f24;--muted:#57606a;--line:#d0d7de;"               \
	"--card:#f6f8fa;"                                                      \
	"--bad:#b3261e;--dim:#8a5a00;--good:#1a7f37;--hatch:#1b1f24;"          \
	"--c0:#cfe3ff;--c1:#d5f2d8;--c2:#ffe7bf;--c3:#ecd9ff;--c4:#ffd6dc;"    \
	"--c5:#c9f0ee;--c6:#f3f0b8;--c7:#dfe0ff;--c8:#ffdcc4;--c9:#e3e6ea;"
#define DARK                                                                   \
	"--bg:#0f1318;--fg:#e6edf3;--muted:#9aa5b1;--line:#30363d;"            \
	"--card:#171c23;--bad:#ff8a80;--dim:#ffc25a;--good:#6fdd8b;"           \
	"--hatch:#e6edf3;"                                                     \
	"--c0:#1f3f6b;--c1:#1f4d2b;--c2:#5f4410;--c3:#46306a;"                 \
	"--c4:#662a35;--c5:#1b4d4b;--c6:#4f4b12;--c7:#34366f;--c8:#623a1b;"    \
	"--c9:#343b44;"

static const char style[] =
	":root{color-scheme:light dark;" LIGHT "}"
	"@media(prefers-color-scheme:dark){:root{" DARK "}}"
	"*{box-sizing:border-box}"
	"body{margin:0 auto;padding:1rem;max-width:76rem;background:var(--bg);"
	"color:var(--fg);font:16px/1.5 system-ui,sans-serif;"
	"overflow-wrap:anywhere}"
	"h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.2rem;"
	"margin:1.8rem 0 .5rem;border-bottom:1px solid var(--line)}"
	"h3{font-size:1rem;margin:1.2rem 0 .4rem}"
	"p{margin:.4rem 0}.summary{font-size:1.15rem}"
	".muted,footer{color:var(--muted)}footer{margin-top:2rem;"
	"font-size:.85rem}"
	"code,.mono{font-family:ui-monospace,monospace;font-size:.9em}"
	".bad{color:var(--bad);font-weight:600}.good{color:var(--good);"
	"font-weight:600}.dim{color:var(--dim);font-weight:600}"
	"ul{padding:0;margin:.4rem 0;list-style:none}"
	"li{padding:.45rem .7rem;margin:.3rem 0;background:var(--card);"
	"border-left:.3rem solid var(--line)}"
	"li.measured{border-color:var(--bad)}li.unmeasured{"
	"border-left:.3rem double var(--dim)}"
	"ul.tree li{margin:.15rem 0;padding:.25rem .6rem}"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem .8rem;"
	"margin:.4rem 0}dt{color:var(--muted)}dd{margin:0;min-width:0}"
	"table{border-collapse:collapse;width:100%;font-size:.85rem}"
	"th,td{text-align:left;vertical-align:top;padding:.2rem .4rem;"
	"border-bottom:1px solid var(--line);overflow-wrap:normal}"
	"td:last-child{overflow-wrap:anywhere}.wide{overflow-x:auto}"
	".map{margin:0;display:grid;gap:1rem}"
	".map svg{width:100%;max-width:30rem;height:auto;display:block}"
	"svg text{fill:var(--fg);font:11px system-ui,sans-serif}"
	"svg .at{font:10px ui-monospace,monospace;fill:var(--muted)}"
	"svg .region{stroke:var(--fg);stroke-width:.7}"
	"svg .shared{stroke-dasharray:3 2}"
	"svg .hit{fill:var(--bad);stroke:var(--bg);stroke-width:.5}"
	"svg .miss{fill:var(--bg);stroke:var(--dim);stroke-width:1.5;"
	"stroke-dasharray:2 1}"
	"svg .link{stroke:var(--bad);stroke-width:1.5}"
	"svg .fold{stroke:var(--muted);stroke-dasharray:1 3;fill:none}"
	"svg .hatch{stroke:var(--hatch);stroke-width:.6;opacity:.35}"
	".k0{fill:var(--c0)}.k1{fill:var(--c1)}.k2{fill:var(--c2)}"
	".k3{fill:var(--c3)}.k4{fill:var(--c4)}.k5{fill:var(--c5)}"
	".k6{fill:var(--c6)}.k7{fill:var(--c7)}.k8{fill:var(--c8)}"
	".k9{fill:var(--c9)}"
	".legend li{background:none;border:0;padding:.1rem 0;margin:0;"
	"display:flex;gap:.5rem;align-items:center}"
	".legend svg{width:28px;height:16px;flex:none}"
	"@media(min-width:60rem){.map{grid-template-columns:30rem 1fr;"
	"align-items:start}.pair{display:grid;grid-template-columns:1fr 1fr;"
	"gap:0 2rem}}"
	"@media print{:root{" LIGHT "}body{max-width:none;padding:0;"
	"font-size:10pt}svg,li{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}li,tr{break-inside:avoid}"
	"details::details-content{content-visibility:visible;"
	"block-size:auto}"
	"h2,h3{break-after:avoid}.map{display:block}}";

void au_html_begin_styled(struct ev_buffer *out, const char *title,
			  const char *rules)
{
	ev_buffer_add_str(
		out,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width,initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none';style-src 'unsafe-inline'\">\n");
	au_html_element(out, "title", NULL, title);
	ev_buffer_printf(out, "\n<style>%s%s</style>\n</head>\n<body>\n", style,
			 rules);
}

void au_html_begin(struct ev_buffer *out, const char *title)
{
	au_html_begin_styled(out, title, "");
}

void au_html_end(struct ev_buffer *out)
{
	ev_buffer_add_str(out, "</body>\n</html>\n");
}
