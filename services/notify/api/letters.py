"""The letter of a notification as paper, for organisations that are written to by post or across a counter."""

from html import escape
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.notify.views import Letters, NotificationViews
from services.notify.views.letters import Written
from shared.privacy.reading import Asked
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.paper import pdf
from shared.web.purpose import purpose

WRITERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)
Writer = Annotated[Caller, Depends(allow(*WRITERS))]
Opening = Annotated[Asked | None, Depends(purpose)]

STYLE = """
@page { size: A4; margin: 28mm 24mm; }
body { font: 11pt/1.6 "Noto Sans", "Noto Sans Thai", "Noto Sans Myanmar", "Noto Sans Khmer", "Noto Sans Lao",
  "Noto Sans Devanagari", "Liberation Sans", sans-serif; color: #1d2b2a; }
h1 { font-size: 14pt; margin: 14mm 0 8mm; } p { margin: 0 0 4mm; overflow-wrap: anywhere; }
.fine { font-size: 9pt; color: #4d5c5a; }
"""


def lettering(views: NotificationViews, letters: Letters) -> APIRouter:
    """Return the one route."""
    routes = APIRouter(prefix="/notify/v1", tags=["notify"])

    @routes.get("/notifications/{notification_id}/letter", summary="The letter to an organisation", responses=_PAPER)
    async def read_letter(notification_id: UUID, caller: Writer, asked: Opening) -> Response:
        row = await views.one(caller, notification_id)
        written = await letters.open(row.id, asked)
        named = {
            "Content-Disposition": f'attachment; filename="letter-{notification_id}.pdf"',
            "Cache-Control": "no-store",
        }
        return Response(await pdf(page(written), STYLE), media_type="application/pdf", headers=named)

    return routes


def page(written: Written) -> bytes:
    """Return the letter as a page that stands on its own, in the language that it is written in."""
    blocks = [block for block in written.body.strip().split("\n\n") if block]
    text = "".join(f"<p>{'<br>'.join(map(escape, block.splitlines()))}</p>" for block in blocks)
    subject, day = escape(written.subject), written.queued_at.date().isoformat()
    head = f'<meta charset="utf-8"><title>{subject}</title>'
    body = f'<p class="fine">{day}</p><h1>{subject}</h1>{text}'
    return (
        f'<!doctype html><html lang="{escape(written.language)}"><head>{head}</head><body>{body}</body></html>'.encode()
    )


_PAPER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A PDF; without a purpose its words are masked.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7"}},
    }
}
