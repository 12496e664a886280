"""The page /docs: every address with what it does, from the OpenAPI document and nothing else."""

from html import escape
from typing import Any

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1e293b}"
    "h2{margin:2rem 0 .3rem;text-transform:capitalize}dt{font-family:ui-monospace,monospace;margin-top:.8rem}"
    "b{display:inline-block;min-width:4.5rem}dd{margin:0 0 0 4.5rem;color:#475569}"
)


def overview(document: dict[str, Any]) -> str:
    """The document as a page for people."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            address = f"<dt><b>{method.upper()}</b> {escape(path)}</dt>"
            told = f"<dd>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</dd>"
            by_tag.setdefault(operation["tags"][0], []).append(address + told)
    parts = "".join(f"<h2>{escape(tag)}</h2><dl>{''.join(lines)}</dl>" for tag, lines in by_tag.items())
    info = document["info"]
    about = "".join(f"<p>{escape(part)}</p>" for part in info["description"].split("\n\n"))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f"<style>{_STYLE}</style><h1>{escape(info['title'])} API {escape(info['version'])}</h1>{about}"
        f'<p>Programs read <a href="/openapi.json">openapi.json</a>.</p>{parts}</html>'
    )
