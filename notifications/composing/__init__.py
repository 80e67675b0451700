"""What a message says: blocks → MJML → HTML and plain text, placeholders filled.

Pure: it knows no database. All that is the same for everybody is done once, by
`compile_email`; a `Filler` then makes one person's message after another.
"""

from .compiled import Compiled, content_hash
from .email import Brand, check_email, compile_email
from .filling import Filled, Filler, fill
from .footers import standard_footer
from .formats import Locale
from .liquid import check
from .placeholders import PLACEHOLDERS, Placeholder, Value, Values, examples, menu
from .problems import (
    BadValue,
    FillError,
    InvalidTemplate,
    MissingValue,
    Problem,
    UnsafeHeader,
    UnsafeLink,
)

__all__ = [
    "PLACEHOLDERS",
    "BadValue",
    "Brand",
    "Compiled",
    "FillError",
    "Filled",
    "Filler",
    "InvalidTemplate",
    "Locale",
    "MissingValue",
    "Placeholder",
    "Problem",
    "UnsafeHeader",
    "UnsafeLink",
    "Value",
    "Values",
    "check",
    "check_email",
    "compile_email",
    "content_hash",
    "examples",
    "fill",
    "menu",
    "standard_footer",
]
