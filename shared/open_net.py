"""Where a call may lead whose address a stranger named: to the open net only.

A name is resolved once, checked, and that very address is called.
"""

import asyncio
import ipaddress
import socket

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""Blocks of IPv6 that lead to an IPv4 address in their last bits, wherever that is."""


_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535


class HostRefusedError(Exception):
    """The name leads to a place that is not on the open net."""


class NotOfTheWebError(ValueError):
    """The address is none of the web: another scheme, no host, or a port that is none."""


def demand_web(scheme: str, host: str, port: int | None) -> None:
    """Let pass only what can be called over HTTP, or raise a `NotOfTheWebError`."""
    if scheme not in _PORTS or not host or (port is not None and not 0 < port <= _LAST_PORT):
        raise NotOfTheWebError("only addresses of the web are called")


async def address_to_call(scheme: str, host: str, port: int | None, allowed_hosts: frozenset[str]) -> str:
    """Return what stands in for the host of an address when it is called; `allowed_hosts` stand for themselves.

    Raises what `demand_web` and `checked_address` raise. The address that was checked is the one to call: a second
    look-up could find another.
    """
    demand_web(scheme, host, port)
    return host if host in allowed_hosts else await checked_address(host, port or _PORTS[scheme])


async def checked_address(host: str, port: int) -> str:
    """Return an address of the host that may be called.

    Raises `HostRefusedError` when any of its addresses is private, local, reserved or for many, so that a name with
    two faces gets through with neither; `OSError` when the name leads nowhere.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(is_open(address) for address in addresses):
        raise HostRefusedError
    return str(addresses[0])


def is_open(address: IpAddress) -> bool:
    """Whether an address is one of the open net, also behind the ways in which IPv6 writes IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _TRANSLATING) or address.teredo is not None:
            return False
        inside = address.ipv4_mapped or address.sixtofour
        if inside is not None:
            return is_open(inside)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
