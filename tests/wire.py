"""A client that speaks Streamlit's protocol (协议客户端): what a hostile browser could send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.served import Server


def refused(server: Server, **more: Any) -> int:
    """The status a WebSocket that must not open is refused with."""
    try:
        Tab(server, **more).close()
    except InvalidStatus as error:
        return error.response.status_code
    return 101


@dataclass
class Tab:
    """One browser tab: a WebSocket and what came over it in the last run."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    session: str = ""
    origin: str | None = "same"
    headers: dict[str, str] = field(default_factory=dict)
    path: str = "/_stcore/stream"
    session_id: str = ""
    seen: list[ForwardMsg] = field(default_factory=list)
    line: ClientConnection | None = None

    def __post_init__(self) -> None:
        protocols = ["streamlit", "none", *([self.session] if self.session else [])]
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        origin = self.server.url if self.origin == "same" else self.origin
        self.line = connect(
            f"ws://127.0.0.1:{self.server.port}{self.path}",
            additional_headers=headers,
            subprotocols=protocols,
            origin=origin,
            compression=None,
            max_size=None,
            open_timeout=20,
            proxy=None,
        )

    def close(self) -> None:
        assert self.line is not None
        self.line.close()

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def send(self, message: BackMsg) -> None:
        assert self.line is not None
        self.line.send(message.SerializeToString())

    def run(
        self,
        page: str = "",
        query: str = "",
        widgets: dict[str, Any] | None = None,
        fragment: str = "",
        auto: bool = False,
    ) -> str:
        """Ask for a run and wait for its end; returns everything that came, as text."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string, rerun.fragment_id = page, query, fragment
        rerun.is_auto_rerun = auto
        rerun.context_info.locale = "en-US"
        rerun.widget_states.SetInParent()
        for name, value in (widgets or {}).items():
            state = rerun.widget_states.widgets.add(id=name)
            if value == "click":
                state.trigger_value = True
            else:
                state.string_value = value
        self.send(message)
        return self.wait()

    def wait(self) -> str:
        """Everything that comes until a run ends."""
        assert self.line is not None
        self.seen = []
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.line.recv(timeout=60))
            self.seen.append(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id or self.session_id
            if kind == "script_finished" and message.script_finished != 2:
                return self.text()

    def text(self) -> str:
        return "\n".join(str(message) for message in self.seen)

    def elements(self, kind: str) -> list[Any]:
        """The elements of a kind, such as `button`, in the last run."""
        return [
            getattr(message.delta.new_element, kind)
            for message in self.seen
            if message.WhichOneof("type") == "delta"
            and message.delta.WhichOneof("type") == "new_element"
            and message.delta.new_element.WhichOneof("type") == kind
        ]
