"""Ask the application in this process, without a server."""

import asyncio

import httpx
from fastapi import FastAPI

from worklist.app import create_app


class PageClient:
    """Answers of one application; what it raises becomes its own error page, as on a server."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._send("GET", address, headers))

    def post(self, address: str) -> httpx.Response:
        return asyncio.run(self._send("POST", address, None))

    async def _send(self, method: str, address: str, headers: dict[str, str] | None) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, address, headers=headers)


def client_of(home) -> PageClient:
    return PageClient(create_app(home))
