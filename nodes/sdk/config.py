"""The config class of a node function: what its second parameter is annotated with."""

import inspect
import re
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.errors import PydanticSchemaGenerationError

from nodes.sdk.faults import DefinitionError

_CLASS = re.compile(r"<class '([\w.<>]+)'>")


class NoConfig(BaseModel):
    """The config of a node that has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def config_of(key: str, function: Callable[..., Any]) -> type[BaseModel]:
    """The config class of `async def f(ctx, cfg: Class)`; NoConfig for `async def f(ctx)`.

    The class is a pydantic model, or a plain class with annotated fields, which is made into one. DefinitionError says
    what is wrong with the function.
    """
    if not inspect.iscoroutinefunction(function):
        raise DefinitionError(f'The function of the node "{key}" is not async. Write `async def` before it.')
    names = list(inspect.signature(function).parameters)
    if len(names) not in (1, 2):
        raise DefinitionError(
            f'The function of the node "{key}" takes {len(names)} parameters. Write `(ctx, cfg: YourConfig)`.'
        )
    if len(names) == 1:
        return NoConfig
    return model_of(key, _hints(key, function).get(names[1]))


def _hints(key: str, annotated: object) -> dict[str, Any]:
    try:
        return get_type_hints(annotated, include_extras=True)
    except NameError as error:
        raise DefinitionError(
            f'The node "{key}" has an annotation that cannot be found ("{error.name}"). '
            "Define or import it at the top of the module."
        ) from None


def model_of(key: str, annotation: Any) -> type[BaseModel]:
    """The pydantic model that an annotation stands for."""
    if not inspect.isclass(annotation) or annotation.__module__ == "builtins":
        raise DefinitionError(
            f'The config of the node "{key}" has no type. '
            "Annotate the second parameter with a class whose fields are the config."
        )
    if issubclass(annotation, BaseModel):
        return annotation
    fields: dict[str, Any] = {
        name: (hint, annotation.__dict__.get(name, ...)) for name, hint in _hints(key, annotation).items()
    }
    try:
        return create_model(
            annotation.__name__,
            __config__=ConfigDict(extra="forbid", frozen=True),
            __module__=annotation.__module__,
            __doc__=annotation.__doc__,
            **fields,
        )
    except PydanticSchemaGenerationError as error:
        what = _CLASS.search(str(error))
        raise DefinitionError(
            f'The config of the node "{key}" has a field of a type that cannot be described '
            f"({what.group(1) if what else 'see its annotations'}). "
            "Use a plain type, or make the class a pydantic model: class Line(BaseModel)."
        ) from None
