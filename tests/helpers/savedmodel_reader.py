"""Reads SavedModels in a process that knows nothing of mftui: `python savedmodel_reader.py REQUESTS.json` → JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.modules["mftui"] = None  # type: ignore[assignment]  # whoever imports it fails

import tensorflow as tf  # noqa: E402


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """{"path", "signature", "inputs"} to {"outputs"} or {"error"}."""
    loaded = tf.saved_model.load(request["path"])
    signature = loaded.signatures[request["signature"]]
    inputs = {
        name: tf.constant(value, spec.dtype)
        for name, value in request["inputs"].items()
        for spec in [signature.structured_input_signature[1][name]]
    }
    try:
        outputs = signature(**inputs)
    except tf.errors.OpError as error:
        return {"error": error.message}
    return {name: tensor.numpy().tolist() for name, tensor in outputs.items()}


def text(value: object) -> str:
    assert isinstance(value, bytes)
    return value.decode()


if __name__ == "__main__":
    requests = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps([answer(request) for request in requests], default=text))
