"""The packs that the operator installed. Nobody in particular owns them."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class InstrumentPack(Model):
    """The words of one instrument in one language and version, checked when it was installed."""

    __tablename__ = "instrument_packs"

    instrument: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The id of the key that it is for."""
    locale: Mapped[str] = mapped_column(String(6), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    wording_hash: Mapped[str] = mapped_column(String(71))
    licence: Mapped[str] = mapped_column(Text)
    permission: Mapped[str] = mapped_column(Text)
    installed_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    """The whole pack as TOML."""
