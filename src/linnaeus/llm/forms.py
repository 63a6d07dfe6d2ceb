"""The JSON that each task is to be answered with: as an example and as a schema. Knows no words around it."""

from __future__ import annotations

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
