"""``make docs``: writes the generated sections and real outputs of every page anew."""

from __future__ import annotations

import sys

from tests.docs import outputs, pages, tables


def main() -> int:
    """Exit code 0; says which pages changed."""
    made = {**tables.make(), **outputs.make()}
    for page in pages.pages():
        text = pages.replaced(page, made)
        if text != page.read_text("utf-8"):
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {page.relative_to(pages.ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
