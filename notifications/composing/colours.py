"""Colours that can be read: a cluster's own, made dark or light enough."""

from __future__ import annotations

import re

FALLBACK = "#1f4e79"
ENOUGH = 4.5  # WCAG 2.2 AA, for text of ordinary size


def valid(colour: str) -> str:
    """The colour as #rrggbb, or the fallback for anything that is none."""
    colour = colour.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", colour):
        return "#" + "".join(digit * 2 for digit in colour[1:])
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else FALLBACK


def on(background: str) -> str:
    """Black or white, whichever reads better on the background."""
    dark, light = "#111111", "#ffffff"
    better = contrast(light, background) >= contrast(dark, background)
    return light if better else dark


def readable(colour: str, background: str) -> str:
    """The colour, moved towards black or white until it reads on the background."""
    target = (
        0 if contrast("#000000", background) > contrast("#ffffff", background) else 255
    )
    parts = _parts(colour)
    for step in range(21):
        moved = [round(part + (target - part) * step / 20) for part in parts]
        found = "#" + "".join(f"{part:02x}" for part in moved)
        if contrast(found, background) >= ENOUGH:
            break
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio as WCAG counts it, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
