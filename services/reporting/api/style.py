"""How papers of this service look."""

from pathlib import Path

PAPER_STYLE = (Path(__file__).parent / "static" / "paper.css").read_text("utf-8")
