"""A client with manners: it says who asks, keeps the pace, waits when it is told to, and stays on the host asked."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from screener.errors import DataError
from screener.sync.pace import BACK_OFF, LONGEST_WAIT, Pace, wait_for
from screener.sync.rate import USUAL, Least, Opened, SlowError, measured_adapter
from screener.version import __version__

if TYPE_CHECKING:
    import requests

ATTEMPTS = len(BACK_OFF) + 1
CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
MOST_REDIRECTS = 3
# Refusals that pass: too many requests, and servers that are down for a moment.
PASSING = frozenset({429, 500, 502, 503, 504})
_AUTHORITIES = "REQUESTS_CA_BUNDLE or SSL_CERT_FILE names the file of an authority of your own"
# To those that the server does not like, and, at the SEC, also for what is not there yet.
FORBIDDEN = 403
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class CutError(Exception):
    """The connection broke, or gave less than it promised: worth another attempt."""


class TrickleError(CutError):
    """The connection gave so little for so long that it counts as broken."""


class StoppedError(Exception):
    """The client was stopped: nobody waits for the answer any more."""


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
        least: Least = USUAL,
        sleep: Callable[[float], object] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Carry the contact (a name and an e-mail address), the pace, and seconds to connect and between two bytes.

        least: the mean rate under which an answer counts as broken off, which a byte now and then would never do.
        """
        self.agent = f"screener/{__version__} {contact}".rstrip()
        self.contact = contact
        self.secrets = tuple(text for secret in secrets for text in (secret, quote(secret, safe="")) if secret)
        self._stopped = threading.Event()
        self.sleep = sleep or self._stopped.wait
        self.pace = pace or Pace(sleep=self.sleep)
        self.timeouts = timeouts
        self.least = least
        self._opened = Opened()
        self._own = threading.local()

    def rest(self, seconds: float) -> None:
        """Wait before the next attempt; ``StoppedError`` when that will not be made any more."""
        self.sleep(seconds)
        self._go_on()

    def stop(self) -> None:
        """End what other threads ask and wait for, at once and for good."""
        self._stopped.set()
        self._opened.end()

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise StoppedError

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
            inner = _innermost(error)
            kind = TrickleError if isinstance(inner, SlowError) else CutError
            raise kind(self._hidden(_words(inner))) from error
        finally:
            answer.close()

    def _asked(self, url: str, headers: dict[str, str]) -> requests.Response:
        import requests

        said, status = "", 0
        for attempt in range(ATTEMPTS):
            try:
                answer = self._followed(url, headers)
            except requests.RequestException as error:
                inner = _innermost(error)
                if isinstance(inner, ssl.SSLCertVerificationError):
                    message = f"cannot trust {self._shown(url)}: {self._hidden(_words(inner))}"
                    raise DataError(message, hint=_AUTHORITIES) from error
                said, status, wait = self._hidden(_words(inner)), 0, wait_for(None, attempt)
            except OSError as error:
                # Before anything is asked: certificates that are not where the environment says.
                raise DataError(f"cannot ask {self._shown(url)}: {error}", hint=_AUTHORITIES) from error
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
                self.rest(wait)
        message, hint = f"cannot reach {self._shown(url)}: {said}", "is the network up? what is there stays as it was"
        raise RefusedError(message, hint, status) if status else DataError(message, hint=hint)

    def _followed(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Ask, and follow redirects that stay on the same host and do not leave an encrypted connection."""
        start = urlsplit(url)
        for _ in range(MOST_REDIRECTS + 1):
            self.pace.wait()
            self._go_on()
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
        refused = answer.status_code == FORBIDDEN and self.contact
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
            for scheme in ("http://", "https://"):
                session.mount(scheme, measured_adapter(self.least, self._opened))
            # What is stored and checked is what is sent: nothing is unpacked on the way.
            session.headers.update({"User-Agent": self.agent, "Accept-Encoding": "identity"})
            bundle = os.environ.get("SSL_CERT_FILE")
            if bundle and not os.environ.get("REQUESTS_CA_BUNDLE"):
                session.verify = bundle
        return session


def _innermost(error: Exception) -> Exception:
    """Return what a failed connection began with; the errors around it repeat the address."""
    while error.__cause__ is not None or error.__context__ is not None:
        inner = error.__cause__ or error.__context__
        if not isinstance(inner, Exception):
            break
        error = inner
    return error


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
