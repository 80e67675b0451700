"""The incident report: who decided what when, what was said, and who had it."""

from .figures import ALERTS, answers_of, zones_of
from .measuring import Measures, measures_of
from .report import document_of, facts_of, kind_of, parts_of, summary_of
from .rows import IncidentResource, entries_of
from .story import story_of

__all__ = [
    "ALERTS",
    "IncidentResource",
    "Measures",
    "answers_of",
    "document_of",
    "entries_of",
    "facts_of",
    "kind_of",
    "measures_of",
    "parts_of",
    "story_of",
    "summary_of",
    "zones_of",
]
