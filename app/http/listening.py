"""The socket that listens, and how it stops without breaking a connection.

The system completes handshakes by itself and holds the connections ready. What it holds when the socket is closed it
resets, though their clients may have sent a request; so no handshake may begin some time before.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from array import array

SO_ATTACH_FILTER = 26
"""Of <asm/socket.h>, which Python has no name for."""

FLAGS_OFFSET, SYN, SYN_ACK = 13, 0x02, 0x12
"""Where a TCP header has its flags (RFC 9293, 3.1), that of the first packet of a connection, and those looked at."""

LOAD_BYTE, AND, JUMP_IF_EQUAL, RETURN = 0x30, 0x54, 0x15, 0x06
"""Instructions of a classic BPF program (Linux, Documentation/networking/filter.rst)."""

WHOLE_PACKET = 2**32 - 1

FILTER = (
    (LOAD_BYTE, 0, 0, FLAGS_OFFSET),
    (AND, 0, 0, SYN_ACK),
    (JUMP_IF_EQUAL, 0, 1, SYN),  # or skip one
    (RETURN, 0, 0, 0),
    (RETURN, 0, 0, WHOLE_PACKET),
)
"""Drops first packets, and nothing else: the connections that are accepted later have the filter too."""


def begin_no_handshake(listening: socket.socket) -> None:
    """Let no new connection begin; handshakes that have begun end. Only Linux can; elsewhere nothing happens.

    The client of a packet that is dropped sends it again after a second: by then the socket is closed, and the system
    refuses it, or another process takes it that shares the port.
    """
    if sys.platform != "linux":
        return
    program = array("B", b"".join(struct.pack("=HBBI", *instruction) for instruction in FILTER))
    address, _ = program.buffer_info()
    with contextlib.suppress(OSError):  # a kernel without it
        listening.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(FILTER), address))
