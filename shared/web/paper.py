"""Pages as paper: HTML to PDF, with nothing fetched from anywhere."""

import asyncio
import hashlib
from typing import Any, NoReturn

from shared.errors import NotFoundError


async def pdf(html: bytes, style: str) -> bytes:
    """Return a page as a tagged PDF, in a style of its own (CSS); the same page gives the same bytes."""
    return await asyncio.to_thread(_printed, html, style)


def _printed(html: bytes, style: str) -> bytes:
    try:
        import weasyprint  # noqa: PLC0415 - heavy, and most processes never print
    except OSError as error:
        raise NotFoundError(
            "There is no PDF here: this machine lacks Pango (libpango, libpangoft2, libharfbuzz-subset). "
            "Where there is a page or a package of data beside it, that holds the same."
        ) from error

    document = weasyprint.HTML(string=html.decode(), url_fetcher=_nothing)
    styles = [weasyprint.CSS(string=style, url_fetcher=_nothing)]
    printed: bytes = document.write_pdf(
        stylesheets=styles, pdf_identifier=hashlib.sha256(html).digest()[:16], pdf_variant="pdf/ua-1"
    )
    return printed


def _nothing(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"a paper stands on its own and fetches nothing: {url[:40]}")
