"""A fake key, assembled here so that no scanner trips over this repository."""

from pathlib import Path


def plant(tree: Path) -> None:
    """An OpenAI-like key in browser code, with neighbours that must not appear in the log."""
    key = "sk" + "-" + "proj" + "-" + "Zq8Xv2Lm4Rt6Yw1Pb3Nc5Kd7Hf9Gs0Jx"
    (tree / "apps/web/src/ai.ts").write_text(f'const user = "hidden-neighbour"; const client = connect("{key}");\n')
