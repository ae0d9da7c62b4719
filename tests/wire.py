"""A WebSocket client for tests, of simple_websocket, that misses nothing."""
import simple_websocket


class Client(simple_websocket.Client):
    """What comes in one piece with the answer to the handshake is heard at once.

    simple_websocket leaves it lying until the server says something more. On a busy machine that is the first word of every socket now and then:
    whoever waits for it says nothing, and is cut off after `patrol.NAMELESS` seconds like everybody who does not say whose a connection is.
    """

    def handshake(self):
        super().handshake()
        self.connected = self._handle_events()
