/**
 * Models as ONNX graphs: the inputs for raw values, the network, and the file. Nothing is computed
 * here; all operators of the graph are standard ONNX operators.
 */
package io.destine.onnx;
