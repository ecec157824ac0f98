"""Errors with a sentence for the person who meets them."""


class Refused(Exception):
    """A rule said no; `sentence` is shown to the person, `field` names the form field at fault."""

    def __init__(self, sentence: str, *, field: str = "", status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.status = status


class NotFound(Refused):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, status=404)
