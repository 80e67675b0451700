"""Who gets a message, and for everybody who does not, why."""

from .criteria import Criteria, InvalidCriteria
from .describing import describe
from .gaps import MAY_LACK, Gap
from .people import people
from .reach import Reach, reach, reach_list
from .refusals import opted_out, suppressed
from .verdicts import decide

__all__ = [
    "MAY_LACK",
    "Criteria",
    "Gap",
    "InvalidCriteria",
    "Reach",
    "decide",
    "describe",
    "opted_out",
    "people",
    "reach",
    "reach_list",
    "suppressed",
]
