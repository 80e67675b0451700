"""Pages and files go out packed: in full they take half a minute on a bad line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackMiddleware(GZipMiddleware):
    """Django's, and what it lacks for the files that servestatic serves after it.

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
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            return response
        if isinstance(response, StreamingHttpResponse) and response.is_async:
            pieces = cast(AsyncIterator[bytes], response.streaming_content)
            response.streaming_content = _in_one_piece(pieces)
        return super().process_response(request, response)


async def _in_one_piece(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield b"".join([piece async for piece in pieces])
