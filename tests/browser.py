# SPDX-License-Identifier: Apache-2.0
"""Chromium without a window, for what a page looks like; e2e suites skip where there is none."""

import html
import re
import shutil
import subprocess

from e2e import Skip, read, write

CHROMIUM = shutil.which("chromium")
# A small phone, a phone, a desk.
WIDTHS = (360, 390, 1280)

FRAME = """<!doctype html><body style="margin:0">
<iframe id="f" style="border:0" width="%d" height="900" srcdoc="%s"></iframe>
<script>onload=()=>{const d=document.getElementById('f').contentDocument,out=[];
%s
document.title=out.join(' ');}</script></body>"""


def wanted():
    if CHROMIUM is None:
        raise Skip("no chromium")


def chromium(scratch, *words):
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={scratch}/profile", *words],
        capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout.decode("utf-8", "replace")


def numbers(scratch, page, width, script):
    """What a script finds out about the page at that width: it pushes numbers to `out`; its
    document is `d`."""
    frame = FRAME % (width, html.escape(page), script)
    path = write(scratch + "/frame.html", frame.encode())
    dom = chromium(scratch, f"--window-size={width},900", "--dump-dom", "file://" + path)
    title = re.search("<title>([^<]*)</title>", dom)
    assert title, dom[:500]
    return list(map(int, title.group(1).split()))


def prints(scratch, path):
    """Whether a PDF comes of it."""
    chromium(scratch, f"--print-to-pdf={scratch}/page.pdf", "file://" + path)
    assert read(scratch + "/page.pdf").startswith(b"%PDF"), "no PDF"
