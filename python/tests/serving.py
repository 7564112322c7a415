"""Serves a repository that has the model `flights`, with examples/serving/triton_models.py, and requests scores.

Run by test_wheel.py, in an environment with mlserver and onnxruntime; the arguments are the repository and a file of
`predict --format json`. Prints the number of rows whose probabilities agree.
"""

import json
import pathlib
import socket
import subprocess
import sys
import time

import numpy as np
import onnxruntime
import tritonclient.grpc
import tritonclient.http
from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import DataType, ModelConfig

REPOSITORY, SCORED = map(pathlib.Path, sys.argv[1:3])
PROGRAM = pathlib.Path(__file__).parents[2] / "examples" / "serving" / "triton_models.py"
MODEL = REPOSITORY / "flights"
TOLERANCE = 1e-6


def free_port():
    """A port such that it and the next one are free."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except (OSError, OverflowError):
                continue


def wait(process, client):
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server has ended")
        try:
            if client.is_model_ready("flights"):
                return
        except Exception:  # It has no port yet.
            pass
        time.sleep(0.1)
    raise SystemExit("the server is not ready after a minute")


def column(tensor, rows):
    values = [row.get(tensor.name) for row in rows]
    if tensor.data_type == DataType.Value("TYPE_STRING"):
        return np.array(["" if value is None else str(value) for value in values], dtype=object)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def probabilities(protocol, client, columns, **form):
    inputs = []
    for name, values in columns.items():
        type = "BYTES" if values.dtype == object else "FP64"
        tensor = protocol.InferInput(name, list(values.shape), type)
        tensor.set_data_from_numpy(values, **form)
        inputs.append(tensor)
    outputs = [protocol.InferRequestedOutput("probability", **form)]
    return client.infer("flights", inputs, outputs=outputs).as_numpy("probability")


def agree(found, expected):
    assert found.shape == expected.shape, (found.shape, expected.shape)
    assert np.abs(found - expected).max() < TOLERANCE, np.abs(found - expected).max()


def ask(http, grpc):
    config = text_format.Parse((MODEL / "config.pbtxt").read_text(), ModelConfig())
    with open(SCORED, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    columns = {tensor.name: column(tensor, rows) for tensor in config.input}
    expected = np.array([row["probability"] for row in rows])
    assert np.ptp(expected) > 0.01, expected
    agree(probabilities(tritonclient.http, http, columns, binary_data=False), expected)
    agree(probabilities(tritonclient.grpc, grpc, columns), expected)

    described = http.get_model_metadata("flights")
    for kind, tensors in ("inputs", config.input), ("outputs", config.output):
        assert [each["name"] for each in described[kind]] == [each.name for each in tensors]

    # Every third value is missing. NaN is not JSON.
    for values in columns.values():
        values[::3] = "" if values.dtype == object else np.nan
    session = onnxruntime.InferenceSession(MODEL / "1" / "model.onnx")
    missing = session.run(["probability"], columns)[0]
    assert np.abs(missing - expected).max() > 0.001
    agree(probabilities(tritonclient.grpc, grpc, columns), missing)

    columns.popitem()
    try:
        probabilities(tritonclient.grpc, grpc, columns)
        raise SystemExit("a request without an input must be refused")
    except tritonclient.grpc.InferenceServerException as refusal:
        assert "the inputs must be" in str(refusal), refusal
    return len(rows)


def main():
    port = free_port()
    process = subprocess.Popen([sys.executable, PROGRAM, REPOSITORY, str(port)], stdout=sys.stderr)
    try:
        http = tritonclient.http.InferenceServerClient(f"127.0.0.1:{port}")
        wait(process, http)
        grpc = tritonclient.grpc.InferenceServerClient(f"127.0.0.1:{port + 1}")
        print(json.dumps({"rows": ask(http, grpc)}))
    finally:
        process.terminate()
        process.wait()


main()
