"""The JSON that each task is to be answered with: as an example and as a schema. Knows no words around it."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from linnaeus.types import Choose, Generate, Judge, Name, Propose, Task

Schema: TypeAlias = dict[str, Any]

EXAMPLES: dict[type[Task], str] = {
    Propose: '{"labels": ["..."]}',
    Judge: '{"groups": [[1, 3], [2], [4]], "nested": [[2, 1]]}',
    Choose: '{"chosen": [2]}',
    Name: '{"name": "...", "description": "..."}',
    Generate: '{"labels": [{"name": "...", "description": "...", "texts": [1, 4]}]}',
}
LONG_REPLY = 1_536  # tokens of a reply with 20 labels, their descriptions and texts


def schema(task: Task) -> Schema:
    """JSON Schema of the reply to `task`. The labels of a choice stand as numbers: one schema serves them all."""
    match task:
        case Propose():
            return _object(labels=_list(_STRING, minItems=1, maxItems=task.at_most))
        case Judge():
            groups = _list(_list(_INTEGER, minItems=1), minItems=1)
            return _object(groups=groups, nested=_list(_list(_INTEGER, minItems=2, maxItems=2)))
        case Choose():
            return _object(chosen=_list(_INTEGER, maxItems=task.at_most))
        case Name():
            return _object(name=_STRING, description=_STRING)
        case Generate():
            label = _object(name=_STRING, description=_STRING, texts=_list(_INTEGER))
            return _object(labels=_list(label, maxItems=task.at_most))


LOOK = "find_labels"
WHAT_IT_DOES = (
    "Find labels that are not among those shown. Call it only if the one that fits seems to be missing."
)


def tool(task: Task) -> Schema | None:
    """What a model may call in place of an answer to `task`, as name, description and parameters; None: nothing."""
    if not isinstance(task, Choose) or not task.looks:
        return None
    query = {**_STRING, "description": "what the label may be called, or is about, in a few words"}
    return {"name": LOOK, "description": WHAT_IT_DOES, "parameters": _object(query=query)}


def called(queries: list[Any]) -> str:
    """A reply that calls it, in the form in which replies are read."""
    return json.dumps({LOOK: [query for query in queries if isinstance(query, str)]})


def room(task: Task, usual: int) -> int:
    """Output tokens that the reply to `task` may have, where `usual` are enough for a few labels."""
    return max(usual, LONG_REPLY) if isinstance(task, Generate) else usual


_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}


def _list(items: Schema, **bounds: int) -> Schema:
    return {"type": "array", "items": items, **bounds}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
