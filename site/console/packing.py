"""Pages and files go out packed: in full they take half a minute on a bad line."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from functools import lru_cache
from http import HTTPStatus
from typing import cast

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

ACCEPTED = re.compile(r"\bgzip\b")
#: What pictures and fonts are made of is packed already.
WORDS = re.compile("text/|application/(javascript|json)|image/svg")


class PackMiddleware(GZipMiddleware):
    """Django's for pages; its own way with the files that servestatic serves after it.

    Django packs each piece of what is streamed by itself, and browsers stop after the
    first; servestatic takes a tag that was made weak for another one.
    """

    def process_request(self, request: HttpRequest) -> None:
        tag = request.META.get("HTTP_IF_NONE_MATCH", "")
        if tag.startswith('W/"'):
            request.META["HTTP_IF_NONE_MATCH"] = tag.removeprefix("W/")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if isinstance(response, FileResponse) and response.is_async:
            return _file(request, response)
        return super().process_response(request, response)


def _file(request: HttpRequest, response: FileResponse) -> FileResponse:
    patch_vary_headers(response, ("Accept-Encoding",))
    # A part is that part, and "not modified" has nothing in it.
    whole = response.status_code == HTTPStatus.OK
    wanted = ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    if not whole or not wanted or not WORDS.match(response.get("Content-Type", "")):
        return response
    pieces = cast(AsyncIterator[bytes], response.streaming_content)
    response.streaming_content = _in_one_piece(pieces)
    del response.headers["Content-Length"]
    response.headers["Content-Encoding"] = "gzip"
    if response.get("ETag", "").startswith('"'):
        response.headers["ETag"] = f"W/{response['ETag']}"
    return response


async def _in_one_piece(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    whole = b"".join([piece async for piece in pieces])
    if whole:
        # Beside the loop, which has pages and sockets to see to.
        yield await asyncio.to_thread(_packed, whole)


#: There are some dozens of files, and they never change while we run.
_packed = lru_cache(maxsize=256)(gzip.compress)
