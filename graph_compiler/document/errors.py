"""What is said when a document, or an edit of one, is not right."""

from runtime.errors import LayerloomError


class DocumentError(LayerloomError, ValueError):
    """A document cannot be read, or an edit cannot be applied to it.

    Args:
        message: What is wrong and what was received.
        where: The place in the document, such as "edges.e_4f.target"; empty for the whole.
        hint: How to mend it.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.where = where
