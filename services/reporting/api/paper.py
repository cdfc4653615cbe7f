"""Pages as paper: HTML to PDF, with nothing fetched from anywhere."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any, NoReturn

from shared.errors import NotFoundError

_STYLE = Path(__file__).parent / "static" / "paper.css"


async def pdf(html: bytes) -> bytes:
    """Return a page as a tagged PDF; the same page gives the same bytes."""
    return await asyncio.to_thread(_printed, html)


def _printed(html: bytes) -> bytes:
    try:
        import weasyprint  # noqa: PLC0415 - heavy, and most processes never print
    except OSError as error:
        raise NotFoundError(
            "There is no PDF here: this machine lacks Pango (libpango, libpangoft2, libharfbuzz-subset). "
            "The page and the open-data package hold the same."
        ) from error

    document = weasyprint.HTML(string=html.decode(), url_fetcher=_nothing)
    style = weasyprint.CSS(string=_STYLE.read_text("utf-8"), url_fetcher=_nothing)
    printed: bytes = document.write_pdf(
        stylesheets=[style], pdf_identifier=hashlib.sha256(html).digest()[:16], pdf_variant="pdf/ua-1"
    )
    return printed


def _nothing(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"a report stands on its own and fetches nothing: {url[:40]}")
