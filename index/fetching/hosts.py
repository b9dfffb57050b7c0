"""Which machines may be connected to: public ones, and those that the settings list, each with its port.

What is judged is the answer of DNS, never the name: "2130706433", "0x7f.1" and a name that leads there are 127.0.0.1.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from index.errors import RefusedAddressError

# `ipaddress.is_global` lets several of these pass, and differs from one version of Python to the next.
_PRIVATE: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
            # Where one large host keeps what its machines ask for.
            "168.63.129.16/32",
        ),
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
_PRIVATE_6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# An address of IPv4 stands in the last 32 bits of these.
_WRAPPING: Final = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
_LAST_32: Final = (1 << 32) - 1


def is_public(answer: str) -> bool:
    """Return whether an address of IPv4 or IPv6 is one of a machine in the open internet.

    >>> is_public("93.184.215.14"), is_public("2606:2800:21f:cb07::1"), is_public("::ffff:127.0.0.1")
    (True, True, False)
    """
    try:
        address = ip_address(answer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if not any(address in network for network in _WRAPPING):
            return address in _PUBLIC_6 and not any(address in network for network in _PRIVATE_6)
        address = IPv4Address(int(address) & _LAST_32)
    return not any(address in network for network in _PRIVATE)


class Hosts:
    """Judges hosts. `allowed` are those that are no public ones, each as "host:port", by name or by number."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(one.casefold() for one in allowed)

    def check(self, host: str, port: int, answers: Sequence[str]) -> None:
        """Raise RefusedAddressError unless every one of the answers for a host may be connected to."""
        if self._lists(host, port):
            return
        for answer in answers:
            if not is_public(answer) and not self._lists(answer, port):
                at = "" if answer == host else f" ({answer})"
                raise RefusedAddressError(
                    f"{host}{at} is a private address; the setting fetch_allowed may list {_joined(host, port)}"
                )

    def _lists(self, host: str, port: int) -> bool:
        return _joined(host, port).casefold() in self._allowed


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
