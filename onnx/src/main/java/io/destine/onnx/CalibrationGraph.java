package io.destine.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.destine.calibration.Calibration;
import io.destine.calibration.Calibration.Knot;
import java.util.List;

/** The part of a graph from the network's logit to the calibrated logit, [B]. */
final class CalibrationGraph {
  private static final String NAME = "calibration";

  private final GraphBuilder graph;

  CalibrationGraph(GraphBuilder graph) {
    this.graph = graph;
  }

  /** The calibrated logit, from the network's logit. */
  String calibrated(String logit, Calibration calibration) {
    if (calibration instanceof Calibration.Isotonic isotonic) {
      return lines(logit, isotonic);
    }
    Calibration.Affine affine = (Calibration.Affine) calibration;
    String scaled =
        affine.scale() == 1
            ? logit
            : graph.node("Mul", NAME + "/scaled", logit, graph.scalar(affine.scale()));
    return affine.offset() == 0
        ? scaled
        : graph.node("Add", NAME + "/offset", scaled, graph.scalar(affine.offset()));
  }

  /** In double, since the distance between knots may be below the resolution of floats. */
  private String lines(String logit, Calibration.Isotonic isotonic) {
    int count = isotonic.knots().size();
    double[] from = new double[count + 1];
    double[] to = new double[count + 1];
    double[] slopes = new double[count + 1];
    for (int k = 0; k <= count; k++) {
      Knot anchor = isotonic.anchor(k);
      from[k] = anchor.from();
      to[k] = anchor.to();
      slopes[k] = isotonic.slope(k);
    }
    double[] bounds = isotonic.knots().stream().mapToDouble(Knot::from).toArray();
    String z = cast(logit, "double", TensorProto.DataType.DOUBLE);
    String column = graph.node("Unsqueeze", NAME + "/column", z, graph.longs(1));
    String passed = graph.node("GreaterOrEqual", NAME + "/passed", column, graph.doubles(bounds));
    String line =
        graph.node(
            "ReduceSum",
            NAME + "/line",
            List.of(cast(passed, "whole", TensorProto.DataType.INT64), graph.longs(1)),
            GraphBuilder.whole("keepdims", 0));
    String distance = graph.node("Sub", NAME + "/distance", z, gathered("from", from, line));
    String rise = graph.node("Mul", NAME + "/rise", distance, gathered("slope", slopes, line));
    String sum = graph.node("Add", NAME + "/sum", rise, gathered("to", to, line));
    return cast(sum, "float", TensorProto.DataType.FLOAT);
  }

  private String gathered(String name, double[] table, String line) {
    return graph.node("Gather", NAME + "/" + name, graph.doubles(table), line);
  }

  private String cast(String value, String name, TensorProto.DataType type) {
    return graph.node(
        "Cast", NAME + "/" + name, List.of(value), GraphBuilder.whole("to", type.getNumber()));
  }
}
