"""The web and the live process of `tertib up`, alone: prints its port and the live process, until its parent ends."""

from __future__ import annotations

import os
import time


def main() -> None:
    from tertib.cli import serve, tree

    tree.end_with_parent()
    listener, live = serve.bind("127.0.0.1", 0), serve.bind("127.0.0.1", 0)
    os.environ["TERTIB_LIVE_PORT"] = str(live.getsockname()[1])
    from tertib.wsgi import application

    serve.listen(listener)
    serve.listen(live)
    children = [
        tree.Child("web", lambda: serve.serve(listener, application), 5.0),
        tree.Child("live", lambda: serve.serve_live(live), 2.0),
    ]
    tree.tend(children)
    print(listener.getsockname()[1], children[1].pid, flush=True)  # noqa: T201 (the test reads it)
    while True:
        time.sleep(0.1)
        tree.tend(children)


if __name__ == "__main__":
    main()
