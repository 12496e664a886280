"""Finding the nodes of a package, by its import name or by its folder, and checking each."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from nodes.check.finding import Finding, Subject, shown
from nodes.check.record import FILE, read_record, write_record
from nodes.check.rules import RULES
from nodes.registry import FOLDER, builtin_nodes, nodes_in
from nodes.sdk import NodeType
from nodes.sdk.faults import DefinitionError

BUILTIN = "nodes"


def check_package(package: str) -> list[Finding]:
    """Every rule that a package breaks, by file. `package` is an import name, or a folder that holds one."""
    subjects, problems = _subjects(package)
    found = [finding for subject in subjects for finding in _findings(subject)]
    found += _doubled(subjects)
    found += _gone(subjects)
    if not subjects and not problems:
        problems = [
            Finding(
                "nodes",
                package,
                f'There is no node in "{package}".',
                "Write a function with the @node decorator.",
            )
        ]
    return sorted([*problems, *found], key=lambda finding: (finding.file, finding.rule, finding.message))


def _findings(subject: Subject) -> list[Finding]:
    try:
        subject.manifest  # noqa: B018 - made here, so that a rule need not ask whether there is one
    except DefinitionError as error:
        what, _, fix = str(error).partition(". ")
        return [Finding("manifest", subject.shown, f"{what}.", fix)]
    return [finding for rule in RULES for finding in rule(subject)]


def _doubled(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """Two node types of one name: no worker starts beside them."""
    first: dict[tuple[str, int], Subject] = {}
    for subject in subjects:
        other = first.setdefault((subject.node.key, subject.node.version), subject)
        if other is not subject:
            yield subject.finding(
                "key-name",
                f"comes twice at version {subject.node.version}: in {other.shown}, too",
                "Give one of them another key, or the newer one a higher version.",
            )


def _gone(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """What the record has, and the code has no more at any version: whoever stands there would be parked."""
    for folder in sorted({_record_folder(subject) for subject in subjects}):
        here = {subject.node.key for subject in subjects if _record_folder(subject) == folder}
        for key in sorted(read_record(folder).keys() - here):
            yield Finding(
                "breaking-change",
                shown(folder / FILE),
                f'The node "{key}" was published and is gone: every journey with it would be parked there.',
                f"Bring it back; or, once no journey uses it, take its lines out of {FILE}.",
            )


def record_package(package: str) -> int:
    """Write down what is published by a package now; gives how many nodes that are."""
    subjects, _ = _subjects(package)
    for folder in {_record_folder(subject) for subject in subjects}:
        here = [subject.manifest for subject in subjects if _record_folder(subject) == folder]
        write_record(folder, here)
    return len(subjects)


def _subjects(package: str) -> tuple[list[Subject], list[Finding]]:
    if package == BUILTIN or Path(package).resolve() == FOLDER:
        nodes = [one.node for one in builtin_nodes()]
        files = [FOLDER / node.module.split(".")[1] / "node.py" for node in nodes]
        return _judged(nodes, files, builtin=True), []
    name, root = _located(package)
    with _importable(root):
        try:
            modules = list(_modules(name))
        except Exception as error:
            what = f'The package "{package}" cannot be imported ({type(error).__name__}: {error}).'
            return [], [
                Finding("import", package, what, "Give its import name or its folder, and mend the error.")
            ]
    nodes = list(dict.fromkeys(node for module in modules for node in nodes_in(module)))
    return _judged(nodes, [Path(str(sys.modules[node.module].__file__)) for node in nodes], builtin=False), []


def _judged(nodes: Sequence[NodeType], files: Sequence[Path], *, builtin: bool) -> list[Subject]:
    """Each node with its file, what was published of its key, and which versions of that are still there."""
    folders = [FOLDER if builtin else _package_folder(node.module) for node in nodes]
    records = {folder: read_record(folder) for folder in set(folders)}
    return [
        Subject(
            node,
            file,
            builtin,
            records[folder].get(node.key, ()),
            frozenset(other.version for other in nodes if other.key == node.key),
        )
        for node, file, folder in zip(nodes, files, folders, strict=True)
    ]


def _located(package: str) -> tuple[str, Path | None]:
    """The import name, and the folder that has to be on the path for it."""
    folder = Path(package).resolve()
    if not folder.is_dir():
        return package, None
    if (folder / "__init__.py").is_file():
        return folder.name, folder.parent
    for root in (folder, folder / "src"):
        for inner in sorted(root.glob("*/__init__.py")):
            return inner.parent.name, root
    return package, None


@contextmanager
def _importable(root: Path | None) -> Iterator[None]:
    if root is None:
        yield
        return
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))


def _modules(name: str) -> Iterator[ModuleType]:
    module = import_module(name)
    yield module
    for found in walk_packages(getattr(module, "__path__", []), f"{name}."):
        if not found.name.endswith("__main__"):
            yield import_module(found.name)


def _package_folder(module: str) -> Path:
    return Path(str(sys.modules[module.partition(".")[0]].__file__)).parent


def _record_folder(subject: Subject) -> Path:
    return FOLDER if subject.builtin else _package_folder(subject.node.module)
