"""An alarm path as its planner writes it: the models of the YAML file, strict."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticKnownError

from alerting.plan import Ask, ChannelKind, Need, Order, Start, StartKind, Target, TargetKind
from playbooks import notation
from playbooks.notation import Otherwise, Waves

Value = TypeVar("Value")
Language: TypeAlias = Literal["sv", "en"]
ONE_STEP, SUB_PATH = "a step", "a sub-path"  # pydantic puts these into the place of a mistake
BY_HAND = {TargetKind.EXTERNAL, TargetKind.MANUAL}


def _read(parser: Callable[[str], Value]) -> PlainValidator:
    def read(value: object) -> Value:
        if not isinstance(value, str):
            raise PydanticKnownError("string_type")
        return parser(value)

    return PlainValidator(read)


def _read_need(value: object) -> Need:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticKnownError("string_type")
    return notation.read_need(value)


def _read_target(value: object) -> Target:
    if isinstance(value, dict) and set(value) == {"manual"} and isinstance(value["manual"], str):
        return Target(kind=TargetKind.MANUAL, code=value["manual"])
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    return notation.read_target(value)


def _pattern(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": f"^(?:{pattern})$", "examples": list(examples)}
    )


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


TARGET_SCHEMA = {
    "anyOf": [
        {
            "type": "string",
            "pattern": f"^{notation.TARGET}$",
            "examples": ["duty:TIB", "role:sakerhetschef", "group:stab_karna", "person:P24"],
        },
        {
            "type": "object",
            "properties": {"manual": {"type": "string", "minLength": 1}},
            "required": ["manual"],
            "additionalProperties": False,
        },
    ]
}
NEED_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "string", "pattern": f"^(?:all|[1-9][0-9]? ?%|100 ?%|{notation.NEED})$"},
    ]
}

Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Name = Annotated[str, Field(max_length=40, pattern=f"^{notation.STEP}$")]
Code = Annotated[str, Field(max_length=20, pattern=f"^{notation.CODE}$")]
Months = Annotated[int, Field(ge=1, le=60)]
Share = Annotated[int, Field(ge=1, le=100)]
DurationField = Annotated[
    dt.timedelta,
    _read(notation.read_duration),
    PlainSerializer(notation.write_duration),
    _pattern(notation.DURATION, "45s", "5m", "1h"),
]
WavesField = Annotated[
    Waves,
    _read(notation.read_waves),
    PlainSerializer(notation.write_waves),
    _pattern(notation.WAVES, "voice + sms 3m", "voice 60s x2"),
]
NeedField = Annotated[
    Need,
    PlainValidator(_read_need),
    PlainSerializer(notation.write_need),
    WithJsonSchema(NEED_SCHEMA),
]
StartField = Annotated[
    Start,
    _read(notation.read_start),
    PlainSerializer(notation.write_start),
    _pattern(notation.START, "at once", "after previous", "if tib fails", "after 10m", "by hand"),
]
OtherwiseField = Annotated[
    Otherwise,
    _read(notation.read_otherwise),
    PlainSerializer(notation.write_otherwise),
    _pattern(notation.OTHERWISE, "next", "go to tib, at most 3 times", "run LV-05"),
]
TargetField = Annotated[
    Target,
    PlainValidator(_read_target),
    PlainSerializer(notation.write_target),
    WithJsonSchema(TARGET_SCHEMA),
]
Targets = Annotated[
    tuple[TargetField, ...],
    BeforeValidator(_as_list),
    Field(strict=False, min_length=1),
    WithJsonSchema(
        {"anyOf": [TARGET_SCHEMA, {"type": "array", "items": TARGET_SCHEMA, "minItems": 1}]}
    ),
]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GoverningDocument(Part):
    title: Line
    date: Annotated[dt.date | None, Field(strict=False)] = None


class Wording(Part):
    """What is said in one language; without mail and subject, the SMS and the title are used."""

    sms: Words
    voice: Words
    subject: Line | None = None
    mail: Words | None = None


class Texts(Part):
    sv: Wording
    en: Wording | None = None


def wordings(texts: Texts) -> Iterator[tuple[Language, Wording]]:
    """The languages a text is written in; Swedish always."""
    yield "sv", texts.sv
    if texts.en:
        yield "en", texts.en


PREVIOUS = Start(kind=StartKind.AFTER)
DEFAULT_CHANNELS = (
    notation.read_waves("voice + sms 3m"),
    notation.read_waves("voice 3m"),
)


class Step(Part):
    name: Name
    title: Line
    target: Targets
    order: Annotated[Order | None, Field(strict=False)] = None
    channels: Annotated[tuple[WavesField, ...] | None, Field(strict=False, min_length=1)] = None
    need: NeedField = Need(count=1)
    within: DurationField | None = None
    start: StartField = PREVIOUS
    otherwise: OtherwiseField = Otherwise()
    ask: Annotated[Ask, Field(strict=False)] = Ask.COMING
    gate: Line | None = None
    exclude_site: bool | None = None
    note: Words | None = None
    texts: Texts | None = None  # instead of the path's

    @property
    def by_hand(self) -> bool:
        return any(target.kind in BY_HAND for target in self.target)

    @property
    def ordered(self) -> Order:
        """A role is asked one by one unless it says otherwise; all others at once."""
        if self.order is not None:
            return self.order
        only_role = len(self.target) == 1 and self.target[0].kind is TargetKind.ROLE
        return Order.ONE_BY_ONE if only_role else Order.ALL_AT_ONCE

    @property
    def waves(self) -> tuple[Waves, ...]:
        if self.by_hand:
            return ()
        return self.channels or DEFAULT_CHANNELS


class SubPath(Part):
    run: Code
    name: Name | None = None
    title: Line | None = None
    start: StartField = PREVIOUS
    gate: Line | None = None

    @property
    def called(self) -> str:
        """The name other steps know it by."""
        return self.name or self.run.lower().replace("-", "_")


def _kind(value: object) -> str:
    return (
        SUB_PATH
        if isinstance(value, SubPath) or (isinstance(value, dict) and "run" in value)
        else ONE_STEP
    )


AnyStep = Annotated[
    Annotated[Step, Tag(ONE_STEP)] | Annotated[SubPath, Tag(SUB_PATH)], Discriminator(_kind)
]


class Governed(Part):
    """What every playbook says of itself, whatever it is about."""

    code: Code
    title: Line
    owner: TargetField  # approves it, and answers for its review
    governing_document: GoverningDocument | None = None
    review_months: Months = 12
    approved_by_another: bool = False  # than those who wrote it


class LightRules(Part):
    """When a path's lights are green; amber comes first, `notice_months` before green is over."""

    known: Share = 90  # per cent of those who are called
    nearly_known: Share = 60  # amber from here
    saved_number: bool = True  # who has not saved the sender's number does not count as knowing
    introduced: bool = True  # nor who has not been introduced
    both_hours: bool = True  # exercised in office hours and out of them
    notice_months: Annotated[int, Field(ge=0, le=12)] = 1


class Document(Governed):
    """An alarm path."""

    entry: Line
    exercise_months: Months = 12
    lights: LightRules = LightRules()
    goal: Line
    goal_within: DurationField | None = None  # the goal as a time that a run can be held to
    assembly: Line | None = None
    exclude_site: bool = False
    forbidden_channels: Annotated[
        tuple[Annotated[ChannelKind, Field(strict=False)], ...], Field(strict=False)
    ] = ()
    last_resort: Annotated[tuple[TargetField, ...], Field(strict=False)] = ()
    texts: Texts
    steps: Annotated[tuple[AnyStep, ...], Field(strict=False, min_length=1)]


def step_name(step: Step | SubPath) -> str:
    return step.called if isinstance(step, SubPath) else step.name


def json_schema() -> dict[str, Any]:
    """The published schema: for editors, and for whoever writes paths with other tools."""
    schema = Document.model_json_schema()
    return (
        {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "Larmväg"}
    )
