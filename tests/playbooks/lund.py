"""The organisation that Lund's nine paths speak of, as far as a check needs it."""

from pathlib import Path

from playbooks.organisation import Organisation

FOLDER = Path(__file__).parents[2] / "crisis" / "demo" / "paths"


def files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.yaml"))}


def refs(*spans: tuple[int, int]) -> tuple[str, ...]:
    return tuple(f"P{number:02}" for first, last in spans for number in range(first, last + 1))


LUND = Organisation(
    people=frozenset(refs((1, 78))) | {f"X{number:02}" for number in range(1, 8)},
    duties=frozenset({"TIB", "TIB_bakjour", "KIB", "POSOM", "IT"}),
    roles={
        "sakerhetschef": ("P13", "P14"),
        "kommundirektor": ("P11", "P12"),
        "stabschef": ("P15", "P16"),
        "kommunikationschef": ("P23",),
        "socialdirektor": ("P41",),
    },
    groups={
        "stab_karna": refs((17, 23)),
        "stab_reserv": refs((49, 55)),
        "KIB_alla": refs((7, 10)),
        "KLN_ledamoter": refs((24, 30)),
        "KLN_ersattare": refs((31, 37)),
        "POSOM_ledningsgrupp": ("P41", "P42", "P43", "P39", "P38"),
        "krisstodjare": refs((56, 67)),
        "rektorer_ovriga": ("P47", *refs((68, 72))),
        "forvaltningsdirektorer": ("P12", *refs((38, 41), (73, 78))),
        "tom": (),
    },
    longest_site="Låtsasskolan",
)
