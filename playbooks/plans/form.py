"""The form of an action plan: its fields, its organisation and its chapters."""

from dataclasses import dataclass, field

from starlette.datastructures import FormData

from playbooks import forms
from playbooks.forms import dict_of, label_of, list_of, one, target_of, text_of
from playbooks.plans.document import PLAN
from playbooks.reading import Place, Plain
from playbooks.sayings import Names

TEXTS = ("body", "adopted", "decision")
FREE = "urged"  # the body is not bound by the plan; a form says so, and not the opposite


@dataclass(slots=True)
class PostForm:
    function: str = ""
    holder: str = ""
    deputies: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def blank(self) -> bool:
        return not (self.function or self.holder or self.deputies or self.note)


@dataclass(slots=True)
class ChapterForm:
    heading: str = ""
    text: str = ""

    @property
    def blank(self) -> bool:
        return not (self.heading or self.text)


@dataclass(slots=True)
class PlanForm:
    fields: dict[str, str]
    informed: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    posts: list[PostForm] = field(default_factory=list)
    chapters: list[ChapterForm] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Plain], names: Names) -> "PlanForm":
        """From a file, also one with mistakes."""
        fields = forms.head_of(data, names) | {name: text_of(data.get(name)) for name in TEXTS}
        fields[FREE] = "yes" if data.get("binding") is False else ""
        posts = [
            PostForm(
                text_of(each.get("function")),
                label_of(each.get("holder"), names),
                [label_of(deputy, names) for deputy in list_of(each.get("deputies"))],
                text_of(each.get("note")),
            )
            for each in map(dict_of, list_of(data.get("organisation")))
        ]
        chapters = [
            ChapterForm(text_of(each.get("heading")), text_of(each.get("text")))
            for each in map(dict_of, list_of(data.get("chapters")))
        ]
        informed = [label_of(each, names) for each in list_of(data.get("informed"))]
        cards = [text_of(each) for each in list_of(data.get("cards"))]
        return cls(fields, informed, cards, posts, chapters)

    @classmethod
    def read(cls, form: FormData) -> "PlanForm":
        posts = [
            PostForm(
                one(form, f"function-{at}"),
                one(form, f"holder-{at}"),
                _filled(forms.several(form, f"deputies-{at}")),
                one(form, f"note-{at}"),
            )
            for at in forms.rows(form, "function")
        ]
        chapters = [
            ChapterForm(one(form, f"heading-{at}"), one(form, f"chapter-{at}"))
            for at in forms.rows(form, "heading")
        ]
        fields = forms.typed(form, ("code", *forms.HEAD, *TEXTS, FREE))
        informed = _filled(forms.several(form, "informed"))
        return cls(fields, informed, forms.several(form, "cards"), posts, chapters)

    def does(self, act: str) -> None:
        """`add post`, `add chapter`, `remove-post 1`, `up-post 1`, `down-chapter 0` ..."""
        verb, what = forms.act_of(act)
        if (verb, what) == ("add", "post"):
            self.posts.append(PostForm())
        elif (verb, what) == ("add", "chapter"):
            self.chapters.append(ChapterForm())
        elif (at := forms.place(what)) is not None:
            change, _dash, kind = verb.partition("-")
            if kind == "post":
                _change(self.posts, change, at)
            elif kind == "chapter":
                _change(self.chapters, change, at)

    def plain(self) -> dict[str, Plain]:
        """As the file says it; blank rows are left out."""
        data = forms.head_plain(self.fields, PLAN)
        data["body"] = self.fields.get("body", "")
        data |= {name: self.fields[name] for name in TEXTS[1:] if self.fields.get(name)}
        if self.fields.get(FREE):
            data["binding"] = False
        posts: list[Plain] = [_post(each) for each in self.posts if not each.blank]
        data["organisation"] = posts
        if self.informed:
            data["informed"] = [target_of(each) for each in self.informed]
        if self.cards:
            data["cards"] = list(self.cards)
        chapters: list[Plain] = [
            {"heading": each.heading, "text": each.text} for each in self.chapters if not each.blank
        ]
        if chapters:
            data["chapters"] = chapters
        return data

    def field_at(self, place: Place) -> str:
        """The field of the form in which something of the file stands; "" for none."""
        kept = {
            "organisation": [at for at, each in enumerate(self.posts) if not each.blank],
            "chapters": [at for at, each in enumerate(self.chapters) if not each.blank],
        }
        first = str(place[0]) if place else ""
        if first not in kept:
            return forms.head_field(place)
        at = place[1] if len(place) > 1 else None
        if not isinstance(at, int) or at >= len(kept[first]):
            return ""
        name = (
            str(place[2]) if len(place) > 2 else {"organisation": "function"}.get(first, "heading")
        )
        if first == "chapters" and name == "text":
            name = "chapter"
        return f"{name}-{kept[first][at]}"


def _post(post: PostForm) -> Plain:
    data: dict[str, Plain] = {"function": post.function, "holder": target_of(post.holder)}
    if post.deputies:
        data["deputies"] = [target_of(each) for each in post.deputies]
    if post.note:
        data["note"] = post.note
    return data


def _change(items: list[forms.Item], change: str, at: int) -> None:
    if change == "remove" and at < len(items):
        del items[at]
    elif change in {"up", "down"}:
        forms.move(items, at, -1 if change == "up" else 1)


def _filled(values: list[str]) -> list[str]:
    return [value.strip() for value in values if value.strip()]
