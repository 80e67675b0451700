"""A cluster's logo: what is taken, and what is made of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from notifications.errors import Refused

LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_SIDE = 4000
#: Twice the height at which mails show it, for sharp screens.
KEPT_SIDE = 600
FORMATS = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was read and written anew, so that it is nothing but a picture."""

    filename: str
    file: ContentFile[bytes]


def read_logo(data: bytes) -> Logo:
    """Check an uploaded picture; raises Refused with what to do instead."""
    if len(data) > LARGEST_BYTES:
        raise Refused(_("This picture is larger than 2 MB. Save it smaller."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=FORMATS)
            _check_size(picture)
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombWarning) as problem:
        raise Refused(
            _("This is not a PNG or JPEG picture. Save it as one of these.")
        ) from problem
    except (OSError, ValueError, SyntaxError) as problem:
        raise Refused(_("This picture is damaged. Save it again.")) from problem
    return _written_anew(picture)


def _check_size(picture: Image.Image) -> None:
    if max(picture.size) > LARGEST_SIDE:
        raise Refused(
            _("This picture is more than 4 000 pixels wide or high. Save it smaller.")
        )


def _written_anew(picture: Image.Image) -> Logo:
    is_photo = picture.format == "JPEG"
    clean = picture.convert("RGB" if is_photo else "RGBA")
    clean.thumbnail((KEPT_SIDE, KEPT_SIDE))
    written = BytesIO()
    if is_photo:
        clean.save(written, "JPEG", quality=88)
    else:
        clean.save(written, "PNG", optimize=True)
    name = "logo.jpg" if is_photo else "logo.png"
    return Logo(name, ContentFile(written.getvalue(), name))
