"""Rich text written out: once as HTML, once as plain text."""

from __future__ import annotations

from .links import read_link
from .page import Page
from .richtext import BOLD, ITALIC, Element, braces, descendants


def to_html(element: Element, page: Page) -> str:
    """The tree as HTML, its Liquid put away in the page."""
    inner = "".join(
        page.text(child) if isinstance(child, str) else to_html(child, page)
        for child in element.children
    )
    tag = element.tag
    if tag == "":
        return inner
    if tag == "br":
        return "<br>"
    if tag == "placeholder":
        return _formatted(element, page.text(braces(element)))
    if tag == "a":
        href = page.text(read_link(element.attributes.get("href", "")).source)
        return f'<a href="{href}">{inner}</a>'
    return f"<{tag}>{inner}</{tag}>"


def _formatted(placeholder: Element, written: str) -> str:
    """Bold on any of a placeholder is bold on all of it."""
    inside = {part.tag for part in descendants(placeholder)}
    if inside & ITALIC:
        written = f"<em>{written}</em>"
    return f"<strong>{written}</strong>" if inside & BOLD else written


def to_text(element: Element, indent: str = "") -> str:
    """The tree as plain text: paragraphs, lists, and links as “label: address”."""
    blocks: list[str] = []
    loose = ""
    for child in element.children:
        if isinstance(child, Element) and child.is_block:
            blocks += [loose] if loose.strip() else []
            loose = ""
            blocks.append(_block_text(child, indent))
        else:
            loose += _inline_text(child)
    blocks += [loose] if loose.strip() else []
    gap = "\n" if element.tag == "li" else "\n\n"
    return gap.join(block.strip("\n ") if not indent else block for block in blocks)


def _block_text(block: Element, indent: str) -> str:
    if block.tag not in ("ul", "ol"):
        return to_text(block, indent)
    lines = []
    for number, item in enumerate(block.elements(), start=1):
        mark = f"{number}. " if block.tag == "ol" else "- "
        deeper = indent + " " * len(mark)
        lines.append(f"{indent}{mark}{to_text(item, deeper).strip()}")
    return "\n".join(lines)


def _inline_text(child: Element | str) -> str:
    if isinstance(child, str):
        return child
    if child.tag == "br":
        return "\n"
    if child.tag == "placeholder":
        return braces(child)
    inner = "".join(_inline_text(part) for part in child.children)
    return link_text(inner, child.attributes["href"]) if child.tag == "a" else inner


def link_text(label: str, address: str) -> str:
    """A link for readers without links: its label, then where it goes."""
    source = read_link(address).source
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if label.strip() in ("", address, bare):
        return source
    return f"{label.strip()}: {source}"
