"""`Trainer`: compile, fit, evaluate and predict."""


class Trainer:
    """The part of a model that trains it."""
