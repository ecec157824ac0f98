"""Two signals that wait in the demo: a weather warning, and an announcement next door."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from crisis.signals.heard import Heard
from crisis.signals.models import Signal, SignalLevel, SignalSource
from crisis.signals.service import take


async def seed_signals(session: AsyncSession, *, now: datetime) -> None:
    """Add them once; nobody is woken by them."""
    warning = Heard(
        identity="DEMO-SMHI-0001",
        level=SignalLevel.SEVERE,
        headline="Vind",
        text=(
            "ÖVNINGSDATA. Mycket hård vind från väst från i kväll, med byar på 28 till 32 m/s.\n"
            "Vad kan hända: träd faller över vägar och ledningar, och strömmen kan gå."
        ),
        area="Skåne län",
        sender="SMHI",
        sent_at=now - timedelta(hours=2),
        expires_at=now + timedelta(hours=20),
    )
    announcement = Heard(
        identity="DEMO-SRCAP-0001",
        level=SignalLevel.SEVERE,
        headline="Viktigt meddelande till allmänheten (VMA)",
        text=(
            "ÖVNINGSDATA. Brand med giftig rök i ett lager i Eslöv.\n"
            "Gå inomhus, stäng dörrar, fönster och ventilation."
        ),
        area="Eslövs kommun",
        own_area=False,
        sender="Sveriges Radio",
        sent_at=now - timedelta(minutes=25),
        expires_at=now + timedelta(hours=6),
    )
    await take(session, SignalSource.SMHI, [warning], now=now)
    await take(session, SignalSource.SR, [announcement], now=now)
    await session.execute(
        update(Signal)
        .where(Signal.identity.in_((warning.identity, announcement.identity)))
        .where(Signal.told_at.is_(None))
        .values(told_at=now)
    )
