"""Which hosts are public: laws over all addresses of IPv4 and IPv6."""

from ipaddress import IPv4Address, IPv6Address
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import RefusedAddressError
from index.fetching.hosts import Hosts, is_public


def test_an_allowed_host_is_allowed_at_its_port_alone() -> None:
    hosts = Hosts(["192.168.1.7:8080", "wiki.home:80", "[fd00::7]:80"])
    hosts.check("192.168.1.7", 8080, ["192.168.1.7"])
    hosts.check("Wiki.Home", 80, ["10.0.0.9"])
    hosts.check("fd00::7", 80, ["fd00::7"])
    for host, port, answer in (("192.168.1.7", 80, "192.168.1.7"), ("wiki.home", 81, "10.0.0.9"), ("x", 80, "fd00::8")):
        with pytest.raises(RefusedAddressError):
            hosts.check(host, port, [answer])


@given(st.integers(0, (1 << 32) - 1))
def test_an_address_of_ipv4_is_judged_alike_in_all_its_forms(number: int) -> None:
    plain = IPv4Address(number)
    public = is_public(str(plain))
    assert is_public(f"::ffff:{plain}") == public
    assert is_public(str(IPv6Address((0x64FF9B << 96) | number))) == public
    # Ways through a tunnel, and forms that nothing routes, are none.
    for form in (f"::{plain}", str(IPv6Address((0x2002 << 112) | (number << 80)))):
        assert not is_public(form)
    assert not (public and not plain.is_global)


@given(st.integers(0, (1 << 128) - 1), st.sampled_from([0x2000, 0x2001, 0x2002, 0x2600, 0x3FFF, 0xFE80, 0xFC00, 0]))
def test_an_address_of_ipv6_that_is_public_is_one_to_python_too(number: int, head: int) -> None:
    address = IPv6Address((head << 112) | (number >> 16))
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


def test_public_addresses_are_public() -> None:
    public = ("1.1.1.1", "9.9.9.9", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.0.1.1", "223.255.0.1")
    public_6 = ("2606:4700::1111", "2a00:1450::1", "64:ff9b::101:101", "::ffff:9.9.9.9", "2001:200::1", "2003::1")
    assert all(map(is_public, chain(public, public_6)))
    assert not any(map(is_public, ("", "here", "1.1.1", "fe80::1%eth0", "2606:4700::1111%eth0", "300.1.1.1")))
