"""A student's networks as an ONNX model: vectors and words to chances. Knows nothing of texts: rows come from `Words`.

Inputs, for n texts of at most m known words: `vectors` (n, d) float32, `columns` (n, m) int64 and `values` (n, m) float32,
where a row with fewer words ends in values of 0. Output: `chances` (n, labels) float32.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import MissingExtra
from linnaeus.student.network import Layers
from linnaeus.student.student import Student

OPSET = 17


def check_onnx() -> None:
    """Raise MissingExtra unless the package `onnx` is there."""
    if find_spec("onnx") is None:
        raise MissingExtra("onnx", "onnx")


def to_onnx(student: Student) -> bytes:
    """The model, with the labels and the embedder among its properties; weights are float16, as in `save`."""
    from onnx import TensorProto, checker, helper

    graph = _Graph()
    slopes = student.network.slopes
    parts = [
        graph.scaled(_member(graph, f"{place}.", network.layers), slope)
        for place, (network, slope) in enumerate(zip(student.network.members, slopes, strict=True))
    ]
    fitted = student.about.calibration
    total = graph.node("Sum", parts)
    shifted = graph.node("Add", [graph.scaled(total, fitted.slope), graph.number(fitted.shift)])
    graph.node("Sigmoid" if fitted.several else "Softmax", [shifted], "chances")
    layers = student.network.members[0].layers
    inputs = (
        ("vectors", TensorProto.FLOAT, ["n", len(layers.dense)]),
        ("columns", TensorProto.INT64, ["n", "m"]),
        ("values", TensorProto.FLOAT, ["n", "m"]),
    )
    output = helper.make_tensor_value_info("chances", TensorProto.FLOAT, ["n", len(student.about.labels)])
    made = helper.make_graph(
        graph.nodes,
        "student",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [output],
        graph.weights,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="linnaeus")
    model.ir_version = 9  # what opset 17 needs; runtimes refuse a later one than they know
    properties = {"embedder": student.about.embedder, "labels": json.dumps(student.about.labels)}
    helper.set_model_props(model, properties)
    checker.check_model(model)
    return bytes(model.SerializeToString())


def _member(graph: _Graph, name: str, layers: Layers) -> str:
    """The log-odds of a network."""
    dense = graph.node("MatMul", ["vectors", graph.weight(name + "dense", layers.dense)])
    table = layers.sparse if len(layers.sparse) else np.zeros((1, len(layers.bias)))  # a column 0 to pad with
    rows = graph.node("Gather", [graph.weight(name + "sparse", table), "columns"])  # (n, m, h)
    values = graph.node("Unsqueeze", ["values", graph.whole(1)])  # (n, 1, m)
    words = graph.node("Squeeze", [graph.node("MatMul", [values, rows]), graph.whole(1)])  # (n, h)
    hidden = graph.node("Sum", [dense, words, graph.weight(name + "bias", layers.bias)])
    if not len(layers.last):
        return hidden
    last = graph.node("MatMul", [graph.node("Relu", [hidden]), graph.weight(name + "last", layers.last)])
    return graph.node("Add", [last, graph.weight(name + "last_bias", layers.last_bias)])


class _Graph:
    """Nodes and weights as they are added; each is named once."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def node(self, kind: str, inputs: list[str], name: str = "") -> str:
        from onnx import helper

        name = name or f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name]))
        return name

    def scaled(self, name: str, by: float) -> str:
        return self.node("Mul", [name, self.number(by)])

    def number(self, value: float) -> str:
        return self._kept(np.array(value, np.float32))

    def whole(self, value: int) -> str:
        return self._kept(np.array([value], np.int64))

    def weight(self, name: str, array: NDArray[Any]) -> str:
        from onnx import TensorProto, helper

        half = self._kept(array.astype(np.float16), name)
        self.nodes.append(helper.make_node("Cast", [half], [name + ".wide"], to=TensorProto.FLOAT))
        return name + ".wide"

    def _kept(self, array: NDArray[Any], name: str = "") -> str:
        from onnx import numpy_helper

        name = name or f"constant{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name
