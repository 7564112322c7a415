package io.destine.kernel.vector;

import io.destine.config.Precision;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies the dense tensors to the kernel's memory, once per version of the parameters, and their
 * gradients from it.
 */
final class DenseTensors {

  /** A part of the network with dense tensors. */
  interface Part {
    /** Copies values from the layout's order to memory. */
    void load(double[] dense, float[] s);

    /** Sets the sums of gradients to zero. */
    void clear(float[] s);

    /** Copies the gradients from memory to the layout's order. */
    void collect(float[] s, float[] gradient);
  }

  private final ParameterLayout layout;
  private final List<Part> parts = new ArrayList<>();
  private final float[] gradient;
  private Parameters loaded;
  private long version;

  DenseTensors(ParameterLayout layout) {
    this.layout = layout;
    gradient = new float[layout.denseSize()];
  }

  void add(Part part) {
    parts.add(part);
  }

  /** The tensor of that name. */
  ParameterLayout.Tensor tensor(String name) {
    return layout.tensor(name);
  }

  /** The running statistic of that name. */
  ParameterLayout.Tensor statistic(String name) {
    return layout.statistic(name);
  }

  /** Number of elements of all running statistics. */
  int statisticsSize() {
    return layout.statisticsSize();
  }

  /** True when the network has that tensor. */
  boolean has(String name) {
    return layout.has(name);
  }

  /**
   * Copies the values unless they are already loaded.
   *
   * @throws IllegalArgumentException when the parameters have another precision or layout
   */
  void load(Parameters parameters, float[] s) {
    if (parameters == loaded && parameters.version() == version) {
      return;
    }
    parameters.requireFor(layout, Precision.FLOAT32);
    // Read before the copy, so that values that change during the copy are copied again by the next
    // call.
    long copied = parameters.version();
    double[] dense = parameters.dense();
    for (Part part : parts) {
      part.load(dense, s);
    }
    loaded = parameters;
    version = copied;
  }

  /** Sets the sums of all gradients to zero. */
  void clear(float[] s) {
    for (Part part : parts) {
      part.clear(s);
    }
  }

  /** Adds the sums of all gradients to {@code sink}. */
  void addTo(GradientSink sink, float[] s) {
    for (Part part : parts) {
      part.collect(s, gradient);
    }
    sink.addDense(0, gradient, 0, gradient.length);
  }
}
