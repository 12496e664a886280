"""`@node(...)`: from an async function and a config class to a node type with its manifest."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from pydantic import BaseModel, ValidationError

from engine.flow.manifest import Change, Effect, Family, Lowering, Manifest, Operation, Port
from engine.journey.host import Outcome
from nodes.sdk.answers import Result
from nodes.sdk.colours import ICON_OF_FAMILY, OF_FAMILY
from nodes.sdk.config import NoConfig, config_of
from nodes.sdk.context import Context
from nodes.sdk.faults import DefinitionError, UndeclaredPort, UpgradeFailed
from nodes.sdk.ports import Ports, ports_of
from nodes.sdk.schema import Schema, schema_of
from nodes.sdk.secrets import is_secret_name
from nodes.sdk.ui import REFERENCES
from nodes.sdk.words import Words, places, worded

# Imported where they are used: whoever imports `wend` to write a node needs neither the tables nor the harness.
if TYPE_CHECKING:
    from engine.store.batch import Batch
    from nodes.sdk.crash import Crash
    from nodes.sdk.harness import Situation, Tried

MOST_VERSION = 2**31 - 1
"""What the catalog can hold."""

Answered = Awaitable[str | Result]
Function = Callable[..., Answered]
BatchFunction = Callable[["Batch", Any], list[Outcome]]
Reconcile = Callable[[Context, Any], Awaitable[Result | str | None]]
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

_Reconcile = TypeVar("_Reconcile", bound=Reconcile)
_Upgrade = TypeVar("_Upgrade", bound=Upgrade)
_BatchFunction = TypeVar("_BatchFunction", bound=BatchFunction)


class Options(TypedDict, total=False):
    """What a node type may say of itself.

    ports: {key: label}, with "?" behind the key of an optional one. effect: `none` (changes nothing outside),
    `safe` (may be repeated), `once` (must not be). uses: names of secrets. output: a class for what Result carries.
    words: texts from a file beside the node, in place of `label`, `summary`, `synonyms` and the docstring.
    operation, lowering, ports_from, sends, provides, changes: for the house's own nodes; see the manifest.
    """

    version: int
    family: Family
    ports: Ports
    effect: Effect
    icon: str
    colour: str
    label: str
    uses: Iterable[str]
    summary: str
    synonyms: Iterable[str]
    words: Words
    output: type[BaseModel]
    attempts: int
    operation: Operation
    lowering: Lowering
    ports_from: str
    sends: str
    provides: Iterable[str]
    changes: Change


class NodeType:
    """One kind of node at one version: its config class, its code if it has any, and its manifest."""

    def __init__(
        self, key: str, config: type[BaseModel], function: Function | None, options: Options
    ) -> None:
        self.key = key
        self.version = _version(key, options.get("version", 1))
        self.config = config
        self.function = function
        self.module = function.__module__ if function is not None else config.__module__
        self.batch_function: BatchFunction | None = None
        self.reconcile_function: Reconcile | None = None
        self.upgrades: dict[int, Upgrade] = {}
        self._options = options
        self._uses = _secrets_named(key, options.get("uses", ()))
        self._words = options.get("words") or _words_in_code(key, function, options)
        self._schema: Schema = worded(schema_of(config), self._words, key)
        self.ports = ports_of(key, options.get("ports", ()), self._words.ports)
        operation = options.get("operation", "act")
        if options.get("family") == "trigger" and operation != "enter":
            raise DefinitionError(
                f'The node "{key}" is a trigger, and what contacts enter by cannot be a function. Write family="act", or '
                'family="state" for a question; let contacts enter by an event, a segment, a tag or the API.'
            )
        if operation == "act" and not self.ports:
            raise DefinitionError(
                f'The node "{key}" has no ports. Write ports={{"done": "Done"}} in its decorator.'
            )

    # -- what else belongs to it, as decorators

    def batch(self, function: _BatchFunction) -> _BatchFunction:
        """The form for a whole group at once: `(batch, cfg)` -> one outcome for each traveller, in their order."""
        self.batch_function = function
        return function

    def reconcile(self, function: _Reconcile) -> _Reconcile:
        """`(ctx, cfg)`: did an earlier attempt happen? Its Result or port; None where nothing proves that it did."""
        self.reconcile_function = function
        return function

    def upgrade(self, from_version: int) -> Callable[[_Upgrade], _Upgrade]:
        """Brings a config of `from_version` to the next version: `(old)` -> new. Not needed where it fits as it is."""
        if not 1 <= from_version < self.version:
            raise DefinitionError(
                f'The node "{self.key}" is at version {self.version} and cannot upgrade from {from_version}. '
                "Name an older version, or raise the node's own."
            )

        def keep(function: _Upgrade) -> _Upgrade:
            self.upgrades[from_version] = function
            return function

        return keep

    # -- trying it out

    async def test(
        self,
        config: Mapping[str, Any] | None = None,
        *,
        after_unknown: bool = False,
        **situation: Unpack["Situation"],
    ) -> "Tried":
        """One call, as the engine would make it: gives `.port .values .calls .logs`, or why it did not leave.

        `after_unknown` asks `reconcile` instead, as after an attempt whose outcome nobody knows.
        """
        from nodes.sdk.harness import try_once

        return await try_once(self, config or {}, after_unknown, **situation)

    async def crash_test(
        self, config: Mapping[str, Any] | None = None, **situation: Unpack["Situation"]
    ) -> "list[Crash]":
        """Kill it before and after each request, and let go on as the engine would. AssertionError if anything was
        done twice; else every death that was tried."""
        from nodes.sdk.crash import crash_everywhere

        return await crash_everywhere(self, config or {}, **situation)

    # -- what it says of itself

    @cached_property
    def manifest(self) -> Manifest:
        """Its description for the compiler, the API and the designer. DefinitionError if it makes no sense."""
        try:
            return self._described()
        except ValidationError as error:
            what = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise DefinitionError(what.removeprefix("Value error, ")) from None

    def _described(self) -> Manifest:
        options, words = self._options, self._words
        family = options.get("family", "act")
        output = options.get("output")
        return Manifest(
            key=self.key,
            version=self.version,
            family=family,
            operation=options.get("operation", "act"),
            label=words.label,
            summary=words.summary,
            help=words.help,
            synonyms=words.synonyms,
            icon=options.get("icon", ICON_OF_FAMILY[family]),
            colour=options.get("colour", OF_FAMILY[family]),
            config_schema=self._schema,
            ports=self.ports,
            ports_from=options.get("ports_from"),
            output_schema=schema_of(output) if output else None,
            effect=options.get("effect", "none"),
            attempts=options.get("attempts", 10),
            sends=options.get("sends"),
            provides=tuple(options.get("provides", ())),
            changes=options.get("changes"),
            **({"lowering": options["lowering"]} if "lowering" in options else {}),
            references={
                place: REFERENCES[widget]
                for place, field in places(self._schema)
                if (widget := field.get("x-ui", {}).get("widget")) in REFERENCES
            },
            uses=self._uses,
            package=self.module.partition(".")[0],
        )

    @property
    def effect(self) -> Effect:
        """Whether its effect may be repeated."""
        return self._options.get("effect", "none")

    def read(self, config: Mapping[str, Any]) -> BaseModel:
        """The config as its class. pydantic's ValidationError if it does not fit."""
        return self.config.model_validate(dict(config))

    def upgraded(self, config: Mapping[str, Any], from_version: int) -> dict[str, Any]:
        """A config of an older version, brought to this one: a step without a function leaves it as it is.

        KeyError where such a step is among them and the config does not fit this version; UpgradeFailed where a function
        fails.
        """
        # A copy through and through: a function that edits a list in place must not change the plan.
        made = deepcopy(dict(config))
        steps = range(from_version, self.version)
        for version in steps:
            made = self._step(version, made)
        missing = [version for version in steps if version not in self.upgrades]
        if missing:
            try:
                self.read(made)
            except ValidationError:
                raise KeyError(missing[0]) from None
        return made

    def _step(self, version: int, config: dict[str, Any]) -> dict[str, Any]:
        try:
            made = self.upgrades.get(version, dict)(config)
        except Exception as error:
            raise UpgradeFailed(self.key, version, type(error).__name__) from error
        if not isinstance(made, Mapping):
            raise UpgradeFailed(self.key, version, f"it gave a {type(made).__name__}")
        return dict(made)

    def secrets_of(self, config: Mapping[str, Any]) -> set[str]:
        """The secrets that a call with this config may read: those declared, and those that the config names, also
        inside lists and objects."""
        return {*self.manifest.uses, *(name for name in _named_secrets(self._schema, config) if name)}

    def port(self, key: object, config: Mapping[str, Any]) -> Port:
        """The port of that key. UndeclaredPort if a node with this config has none."""
        known = self.manifest.ports_of(config)
        for port in known:
            if port.key == key:
                return port
        raise UndeclaredPort(self.key, key, (port.key for port in known))

    async def __call__(self, ctx: Context, cfg: Any = None) -> str | Result:
        """Call the function as it is written."""
        if self.function is None:
            raise TypeError(f'The node "{self.key}" has no function for one contact. Run it in a batch.')
        return await (self.function(ctx) if self.config is NoConfig else self.function(ctx, cfg))

    def __repr__(self) -> str:
        return f"NodeType({self.key}@{self.version})"


def node(key: str, **options: Unpack[Options]) -> Callable[[Function], NodeType]:
    """Make a node type of `async def f(ctx, cfg: Config)`, which returns a port or a Result.

    Its docstring is the help text. See `Options` for what may be said.
    """

    def made(function: Function) -> NodeType:
        return NodeType(key, config_of(key, function), function, options)

    return made


def declare(key: str, config: type[BaseModel], **options: Unpack[Options]) -> NodeType:
    """A node type without a function for one contact: the engine carries it out, or its batch form does."""
    return NodeType(key, config, None, options)


def _version(key: str, said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= MOST_VERSION:
        raise DefinitionError(f'The node "{key}" has the version {said!r}. Write a whole number from 1 on.')
    return said


def _secrets_named(key: str, said: object) -> tuple[str, ...]:
    """The secrets that a node declares, in lower case."""
    # A text is a series of letters, and one name without its brackets is easily written.
    listed = [] if isinstance(said, str) or not isinstance(said, Iterable) else list(said)
    names = [name for name in listed if isinstance(name, str) and is_secret_name(name)]
    if len(names) < len(listed) or (said and not listed):
        raise DefinitionError(
            f'The node "{key}" uses {said!r}, which is no list of names of secrets. '
            'Write uses=["acme_token"]: letters, digits and underscores.'
        )
    return tuple(sorted({name.lower() for name in names}))


def _words_in_code(key: str, function: Function | None, options: Options) -> Words:
    label = options.get("label") or key.rpartition(".")[2].replace("_", " ").capitalize()
    return Words(
        label=label,
        summary=options.get("summary", ""),
        help=inspect.getdoc(function) or "" if function is not None else "",
        synonyms=tuple(options.get("synonyms", ())),
    )


def _named_secrets(schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """What a config has in the fields that hold the name of a secret."""
    if isinstance(value, str):
        if schema.get("x-ui", {}).get("widget") == "secret":
            yield value
        return
    for option in schema.get("oneOf", ()):
        yield from _named_secrets(option, value)
    if isinstance(value, Mapping):
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, item in value.items():
            inner = fields.get(name, others)
            if isinstance(inner, Mapping):
                yield from _named_secrets(inner, item)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            yield from _named_secrets(schema["items"], item)
