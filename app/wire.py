"""How a request is read off the wire, where the server that we stand on believes too much."""

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class OneLength(HTTPRequestParser):  # type: ignore[misc]
    """Takes no request that tells in two ways how long it is, or twice: a proxy before us could believe the other one.

    What follows would then be a request that the proxy has never seen, in the name of whoever comes next. RFC 9112,
    section 6.1, lets a server refuse it; waitress believes the Transfer-Encoding.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError, which is answered by 400 and the end of the connection."""
        named = (line.partition(b":") for line in header_plus.lower().split(b"\r\n"))
        told = [value.strip(b" \t") for name, _, value in named if name == b"transfer-encoding"]
        super().parse_header(header_plus)
        # HTTP/1.0 knows none, so that it was not looked at; but whoever sent it on may.
        once = told == [b"chunked"] and self.chunked and "CONTENT_LENGTH" not in self.headers
        if told and not once:
            raise ParsingError("Two lengths")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, with our way to read what comes."""

    parser_class = OneLength
