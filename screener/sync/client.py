"""A client with manners: it says who asks, keeps the pace, waits when it is told to, and stays on the host asked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from screener.errors import DataError
from screener.sync.pace import BACK_OFF, LONGEST_WAIT, Pace, wait_for
from screener.version import __version__

if TYPE_CHECKING:
    import requests

ATTEMPTS = len(BACK_OFF) + 1
CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
MOST_REDIRECTS = 3
# Refusals that pass: too many requests, and servers that are down for a moment.
PASSING = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class CutError(Exception):
    """The connection broke, or gave less than it promised: worth another attempt."""


class RefusedError(DataError):
    """A request that the server refuses for good, or again and again, with a status (403, 429, ...)."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        """Carry the status beside what a person is told."""
        super().__init__(message, hint=hint)
        self.status = status


class Client:
    """Asks for addresses on behalf of a person whose contact, if it has one, it gives with every request.

    What follows the question mark of an address, and ``secrets`` wherever they stand, are in no message.
    Proxies and own certificate authorities are those of the environment (``HTTPS_PROXY``, ``NO_PROXY``,
    ``REQUESTS_CA_BUNDLE``, ``SSL_CERT_FILE``). Threads may share a client.
    """

    def __init__(
        self,
        contact: str,
        pace: Pace | None = None,
        *,
        timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        sleep: Callable[[float], object] = time.sleep,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Carry the contact (a name and an e-mail address), the pace, and seconds to connect and between two bytes."""
        self.agent = f"screener/{__version__} {contact}".rstrip()
        self.contact = contact
        self.secrets = tuple(text for secret in secrets for text in (secret, quote(secret, safe="")) if secret)
        self.pace = pace or Pace()
        self.timeouts = timeouts
        self.sleep = sleep
        self._own = threading.local()

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[requests.Response]:
        """Yield the answer to a request, its body not read yet: 200, 206, 304, 404 or 416.

        Waits and asks again where the refusal passes. ``DataError`` when it does not, for a redirect to another host,
        and for any other status; ``CutError`` from the body when the connection breaks there.
        """
        import requests

        answer = self._asked(url, dict(headers or {}))
        try:
            yield answer
        except requests.RequestException as error:
            raise CutError(self._hidden(_reason(error))) from error
        finally:
            answer.close()

    def _asked(self, url: str, headers: dict[str, str]) -> requests.Response:
        import requests

        said, status = "", 0
        for attempt in range(ATTEMPTS):
            try:
                answer = self._followed(url, headers)
            except requests.RequestException as error:
                said, status, wait = self._hidden(_reason(error)), 0, wait_for(None, attempt)
            else:
                if answer.status_code not in PASSING:
                    return self._accepted(url, answer)
                said, status = f"{answer.status_code} {answer.reason}", answer.status_code
                wait = wait_for(answer.headers.get("Retry-After"), attempt)
                answer.close()
                if wait > LONGEST_WAIT:
                    message = f"{self._shown(url)}: {said}; asked to wait {wait:,.0f} seconds"
                    raise RefusedError(message, "try again later", status)
                self.pace.hold(wait)
            if attempt < ATTEMPTS - 1:
                self.sleep(wait)
        message, hint = f"cannot reach {self._shown(url)}: {said}", "is the network up? what is there stays as it was"
        raise RefusedError(message, hint, status) if status else DataError(message, hint=hint)

    def _followed(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Ask, and follow redirects that stay on the same host and do not leave an encrypted connection."""
        start = urlsplit(url)
        for _ in range(MOST_REDIRECTS + 1):
            self.pace.wait()
            answer = self._session().get(
                url, headers=headers, stream=True, timeout=self.timeouts, allow_redirects=False
            )
            if answer.status_code not in REDIRECTS:
                return answer
            answer.close()
            url = urljoin(url, answer.headers.get("Location", ""))
            target = urlsplit(url)
            if target.netloc != start.netloc or (start.scheme == "https" and target.scheme != "https"):
                message = f"{self._shown(start.geturl())} redirects to another place, {self._shown(url)}"
                raise DataError(message, hint="this is not followed")
        raise DataError(f"{self._shown(start.geturl())} redirects more than {MOST_REDIRECTS} times")

    def _accepted(self, url: str, answer: requests.Response) -> requests.Response:
        if answer.status_code in {200, 206, 304, 404, 416}:
            return answer
        answer.close()
        refused = answer.status_code == 403 and self.contact
        hint = "the SEC refuses requests without a contact, or too many of them" if refused else ""
        raise RefusedError(f"{self._shown(url)}: {answer.status_code} {answer.reason}", hint, answer.status_code)

    def _shown(self, url: str) -> str:
        """Return an address for a message: what follows the question mark may be a key."""
        return self._hidden(urlsplit(url)._replace(query="", fragment="").geturl())

    def _hidden(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            import requests

            session = self._own.session = requests.Session()
            # What is stored and checked is what is sent: nothing is unpacked on the way.
            session.headers.update({"User-Agent": self.agent, "Accept-Encoding": "identity"})
            bundle = os.environ.get("SSL_CERT_FILE")
            if bundle and not os.environ.get("REQUESTS_CA_BUNDLE"):
                session.verify = bundle
        return session


def _reason(error: Exception) -> str:
    """Return the innermost words of a failed connection; the outer ones repeat the address."""
    while error.__cause__ is not None or error.__context__ is not None:
        inner = error.__cause__ or error.__context__
        if not isinstance(inner, Exception):
            break
        error = inner
    return str(error) or type(error).__name__
