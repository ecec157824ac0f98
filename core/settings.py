"""Settings from the environment, an .env file, or secret files; read once, never changed."""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict


class Deployment(StrEnum):
    TRAINING = "training"  # everything goes to simulated phones
    LIVE = "live"


class _SecretFiles(PydanticBaseSettingsSource):
    """`KRISLARM_SECRET_KEY_FILE=/run/secrets/key` gives the content of that file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"KRISLARM_{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="KRISLARM_", env_file=".env", frozen=True, extra="ignore"
    )

    database_url: str = "sqlite:///krislarm.db"
    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = SecretStr("")
    mode: Deployment = Deployment.TRAINING
    time_zone: str = "Europe/Stockholm"
    language: str = Field(default="sv", pattern="^(sv|en)$")
    allowed_recipients: Annotated[tuple[str, ...], NoDecode] = ()
    sender_name: str = "Krislarm"
    paper_marking: str | None = None  # of secrecy, on each page; None: our own words; "": none

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_api_url: str = ""
    twilio_voice_sv: str = "Polly.Elin-Neural"
    twilio_voice_en: str = "Polly.Amy-Neural"

    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "krislarm@localhost"

    undo_seconds: int = Field(default=5, ge=0, le=60)
    sends_at_once: int = Field(default=200, ge=1, le=2000)
    send_timeout_seconds: float = Field(default=10, gt=0, le=60)
    session_idle_hours: int = Field(default=12, ge=1)
    session_days: int = Field(default=14, ge=1)
    sign_in_tries: int = Field(default=10, ge=1)  # wrong passwords for one account in the window
    sign_in_tries_per_address: int = Field(default=30, ge=1)
    sign_in_window_minutes: int = Field(default=15, ge=1)
    signal_sr_url: str = "https://vmaapi.sr.se/api/v3/alerts"  # "" is not to ask
    signal_smhi_url: str = (
        "https://opendata-download-warnings.smhi.se/ibww/api/version/1/warning.json"
    )
    signal_codes: Annotated[tuple[str, ...], NoDecode] = ()  # "1281,12,00"; none is all of Sweden
    signal_smhi_areas: Annotated[tuple[str, ...], NoDecode] = ()  # "12"; none is all of Sweden
    signal_seconds: int = Field(default=120, ge=60, le=300)  # between two looks
    signal_silent_minutes: int = Field(default=15, ge=2)  # without an answer that is said loudly
    signal_notice_minutes: int = Field(default=10, ge=1)  # between two notices to the same person
    signal_mail_secret: SecretStr = SecretStr("")  # ends the address that mails are posted to
    pin_tries: int = Field(default=5, ge=1)  # wrong PINs of one person in the window
    pin_tries_overall: int = Field(default=20, ge=1)
    pin_window_minutes: int = Field(default=60, ge=1)
    pin_days: int = Field(default=365, ge=1)  # then a new one has to be chosen
    call_back_minutes: int = Field(default=5, ge=1, le=30)  # to press 1 on the call back
    metrics_token: SecretStr = SecretStr("")  # without one, /metrics answers this machine only
    log_json: bool = False

    @field_validator("allowed_recipients", "signal_codes", "signal_smhi_areas", mode="before")
    @classmethod
    def _split_on_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"the time zone {value!r} does not exist") from error
        return value

    @field_validator("signal_sr_url", "signal_smhi_url")
    @classmethod
    def _only_https(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("signals are fetched over https only")
        return value

    @field_validator("base_url", "twilio_api_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def send_timeout(self) -> timedelta:
        return timedelta(seconds=self.send_timeout_seconds)

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def live(self) -> bool:
        return self.mode is Deployment.LIVE

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, _SecretFiles(settings_cls)
