"""Announcements: written, looked at, tested, sent now or at a time, stopped."""

from .drafting import Draft, copy, create_draft, draft_from_template, save_draft
from .finding import findings
from .holding import release_due, release_held
from .lacking import Lack, lacks_of
from .looking import letters, problems, reach_of, ways_of, words_problems
from .sending import approve, cancel, return_to_author, schedule, send_now, unschedule
from .showing import on_page, personal_in, take_off_page
from .testing import send_test
from .walltime import happens_twice, moment

__all__ = [
    "Draft",
    "Lack",
    "approve",
    "cancel",
    "copy",
    "create_draft",
    "draft_from_template",
    "findings",
    "happens_twice",
    "lacks_of",
    "letters",
    "moment",
    "on_page",
    "personal_in",
    "problems",
    "reach_of",
    "release_due",
    "release_held",
    "return_to_author",
    "save_draft",
    "schedule",
    "send_now",
    "send_test",
    "take_off_page",
    "unschedule",
    "ways_of",
    "words_problems",
]
