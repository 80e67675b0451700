"""Who gets a message, and for everybody who does not, why."""

from .coverage import Coverage, Ways, cover, covered, covered_list, readers, who_read
from .criteria import Criteria, InvalidCriteria
from .describing import describe
from .gaps import MAY_LACK, Gap
from .mustered import mustered
from .naming import named, zone_names
from .people import people
from .reach import Reach, reach, reach_list
from .refusals import opted_out, suppressed
from .verdicts import decide

__all__ = [
    "MAY_LACK",
    "Coverage",
    "Criteria",
    "Gap",
    "InvalidCriteria",
    "Reach",
    "Ways",
    "cover",
    "covered",
    "covered_list",
    "decide",
    "describe",
    "mustered",
    "named",
    "opted_out",
    "people",
    "reach",
    "reach_list",
    "readers",
    "suppressed",
    "who_read",
    "zone_names",
]
