"""The web process of `tertib up`, alone: prints its port and answers until its parent ends."""

from __future__ import annotations

from tertib.cli import serve, tree


def main() -> None:
    tree.end_with_parent()
    listener = serve.bind("127.0.0.1", 0)
    from tertib.wsgi import application

    serve.listen(listener)
    print(listener.getsockname()[1], flush=True)  # noqa: T201 (the test reads it)
    serve.serve(listener, application)


if __name__ == "__main__":
    main()
