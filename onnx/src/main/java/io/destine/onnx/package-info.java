/**
 * Models as ONNX graphs: the inputs that raw values come by, the network over them, and the file.
 * Nothing is computed here; the graph's operators are ONNX's own.
 */
package io.destine.onnx;
