import pytest

from core.database import Database
from core.models import Role
from tests.playbooks.versions.desk import Desk


@pytest.fixture
async def desk(paths: Database) -> Desk:
    """Nils plans; Siv and Sten hold the role that owns LV-03; Vera only reads."""
    desk = Desk(paths)
    await desk.has("nils", "P22", Role.PLANNER)
    await desk.has("siv", "P13")
    await desk.has("sten", "P14", Role.PLANNER)
    await desk.has("vera", "P21")
    return desk
