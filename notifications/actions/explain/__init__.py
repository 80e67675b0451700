"""Why did this person get it, or not: the log in plain words, with the way out."""

from .letter import Letter, letter
from .reasons import why
from .sentences import sentence
from .steps import Step, timeline

__all__ = ["Letter", "Step", "letter", "sentence", "timeline", "why"]
