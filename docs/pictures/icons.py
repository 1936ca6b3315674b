"""Draw the icons of the installed application: ``python docs/pictures/icons.py``.

They are the logo (`static/logo.svg`). The plain icons have its round corners; the maskable one
fills its square, because the system cuts its shape, and keeps the mark within the inner four fifths
that no shape cuts.
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STATIC = REPOSITORY / "src" / "segue" / "serve" / "static"
sys.path.insert(0, str(REPOSITORY / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402

import browsing  # noqa: E402

ICONS = {  # name: (pixels, whether the system cuts its shape)
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "icon-maskable-512.png": (512, True),
}
INNER = 0.78
"""Size of the mark in an icon that is cut, beside the size in one that is not."""


def drawing(pixels: int, *, cut: bool) -> str:
    """The icon as SVG."""
    logo = (STATIC / "logo.svg").read_text(encoding="utf-8")
    if cut:
        at = 16 * (1 - INNER)
        logo = logo.replace('rx="7"', "").replace(
            "<g ", f'<g transform="translate({at} {at}) scale({INNER})" '
        )
    return logo.replace(
        'width="32" height="32">', f'width="{pixels}" height="{pixels}" style="display:block">', 1
    )


def main() -> None:
    """Draw every icon."""
    found = browsing.chromium()
    if found is None:
        sys.exit("No Chromium is installed. Install one: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(browsing.ARGUMENTS))
        for name, (pixels, cut) in ICONS.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            page.set_content(f'<body style="margin:0">{drawing(pixels, cut=cut)}</body>')
            page.screenshot(path=STATIC / name, omit_background=True)
            print(f"{name}: {(STATIC / name).stat().st_size / 1000:.1f} kB")
        browser.close()


if __name__ == "__main__":
    main()
