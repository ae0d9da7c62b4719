"""The row of a file: who sent it, what it is, how much of it has arrived, and the message it hangs on."""
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, JSONData, UTCDateTime

UPLOADING, READY, REMOVED = "uploading", "ready", "removed"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
ARCHIVE, DOCUMENT = "application/zip", "application/pdf"
OPAQUE = "application/octet-stream"


class StoredFile(Base):
    """A file of a conversation. `key` is its random name, in addresses and in the store; `name` is only shown.

    Whoever uploads it may send it until it has a message; from then on who may read that message may have the file.
    `received` counts bytes, `parts` names what they lie in until all have come; `small_width` and `small_height` are
    the pixels of the small picture of a picture, None for everything else.
    """

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))  # a guest's: other guests of the same customer are not him
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40), default=OPAQUE)
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list] = mapped_column(JSONData, default=list)
    digest: Mapped[str | None] = mapped_column(String(64))
    small_width: Mapped[int | None]
    small_height: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default=UPLOADING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    touched_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_stored_file_unsent", "message_id", "touched_at"),)

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in the conversation, small, and not only offered."""
        return self.kind in PICTURES

    @property
    def is_ready(self) -> bool:
        return self.state == READY

    @property
    def small_key(self) -> str:
        """The name of its small picture in the store."""
        return f"{self.key}-small"
