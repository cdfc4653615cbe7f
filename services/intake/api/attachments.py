"""Files that came with messages, for who decides on their report."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response

from services.intake.api.reports import Reader
from services.intake.views.attachments import AttachmentViews
from shared.privacy.reading import Asked
from shared.web.purpose import purpose

_FILE = {
    "attachment_id": "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5d",
    "message_id": "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5e",
    "kind": "image",
    "state": "stored",
    "media_type": "image/jpeg",
    "size": 48211,
    "digest": "2c26b46b",
}
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What the file is, or with a purpose its bytes.",
        "content": {
            "application/json": {"example": _FILE},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def attachments_router(views: AttachmentViews) -> APIRouter:
    """Return the route that shows a file."""
    router = APIRouter(prefix="/intake/v1/attachments", tags=["intake"])

    @router.get(
        "/{attachment_id}", summary="Fetch a file of a message; without a purpose only what it is", responses=_SHOWN
    )
    async def get_attachment(
        attachment_id: UUID, caller: Reader, asked: Annotated[Asked | None, Depends(purpose)]
    ) -> Response:
        if asked is None:
            return Response(
                msgspec.json.encode(await views.described(caller, attachment_id)), media_type="application/json"
            )
        content = await views.content(caller, attachment_id, asked)
        headers = {
            "Content-Disposition": f'attachment; filename="{attachment_id}.bin"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type="application/octet-stream", headers=headers)

    return router
