"""Serves models of `export --format triton` with MLServer and ONNX Runtime, over Triton's protocol.

    pip install mlserver onnxruntime
    python examples/serving/triton_models.py REPOSITORY [PORT]

REPOSITORY has a subdirectory for each model, as Triton expects: NAME/config.pbtxt and NAME/1/model.onnx.
Answers POST /v2/models/NAME/infer on PORT (8080) of this machine, and gRPC on the port after it.
"""

import asyncio
import json
import pathlib
import re
import sys

import numpy as np
import onnxruntime
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse, MetadataTensor, ResponseOutput

NAME = r'"(?:[^"\\]|\\.)*"'
TENSOR = re.compile(rf"^(input|output) \{{ name: ({NAME}) data_type: TYPE_(\w+) dims: (\[.*\]) \}}$", re.MULTILINE)


def tensors(config, kind):
    """Tensors of a config.pbtxt written by export, with the protocol's type names: BYTES for strings."""
    return [
        MetadataTensor(name=json.loads(name), datatype=type.replace("STRING", "BYTES"), shape=json.loads(dims))
        for found, name, type, dims in TENSOR.findall(config)
        if found == kind
    ]


class OnnxModel(MLModel):
    """A model of the repository: its version 1."""

    async def load(self):
        directory = pathlib.Path(self.settings.parameters.uri)
        config = (directory / "config.pbtxt").read_text(encoding="utf-8")
        self.inputs, self.outputs = tensors(config, "input"), tensors(config, "output")
        self.session = onnxruntime.InferenceSession(directory / "1" / "model.onnx")
        return True

    async def predict(self, request):
        expected = {tensor.name: tensor for tensor in self.inputs}
        if sorted(expected) != sorted(tensor.name for tensor in request.inputs):
            raise InferenceError(f"the inputs must be {', '.join(expected)}")
        wanted = [output.name for output in request.outputs or self.outputs]
        arrays = {tensor.name: array(tensor, expected[tensor.name]) for tensor in request.inputs}
        outputs = zip(wanted, self.session.run(wanted, arrays))
        return InferenceResponse(
            model_name=self.name,
            outputs=[
                ResponseOutput(name=name, datatype="FP32", shape=list(found.shape), data=found.tolist())
                for name, found in outputs
            ],
        )


def array(tensor, expected):
    """An input as ONNX Runtime takes it."""
    if tensor.datatype != expected.datatype or len(tensor.shape) != len(expected.shape):
        raise InferenceError(f"{tensor.name} must be {expected.datatype} of shape {expected.shape}")
    if tensor.datatype == "BYTES":
        return np.array(StringCodec.decode_input(tensor), dtype=object).reshape(tensor.shape)
    return NumpyCodec.decode_input(tensor).reshape(tensor.shape)


async def serve(repository, port):
    settings = Settings(host="127.0.0.1", http_port=port, grpc_port=port + 1, metrics_endpoint=None, parallel_workers=0)
    models = [
        ModelSettings(name=config.parent.name, implementation=OnnxModel, parameters={"uri": str(config.parent)})
        for config in sorted(repository.glob("*/config.pbtxt"))
    ]
    await MLServer(settings).start(models)


if __name__ == "__main__":
    asyncio.run(serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8080))
