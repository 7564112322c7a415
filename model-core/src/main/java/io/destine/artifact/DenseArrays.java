package io.destine.artifact;

import io.destine.config.Precision;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects the dense tensors and running statistics of a network as they are read, in any order.
 * Memory for the network is allocated after all have been read.
 */
final class DenseArrays {
  private final ParameterLayout layout;
  private final DataType type;
  private final Map<String, ParameterLayout.Tensor> missing = new HashMap<>();
  private final Map<String, Object> arrays = new HashMap<>();

  DenseArrays(ParameterLayout layout, Precision precision) {
    this.layout = layout;
    type = DataType.of(precision);
    layout.tensors().forEach(tensor -> missing.put(tensor.name(), tensor));
    layout.statistics().forEach(tensor -> missing.put(tensor.name(), tensor));
  }

  /**
   * Reads a tensor.
   *
   * @throws ModelFormatException when the network has no tensor with this name, type and shape
   */
  void read(TensorHeader header, TensorInput in) throws IOException {
    ParameterLayout.Tensor tensor = missing.remove(header.name());
    if (tensor == null) {
      throw new ModelFormatException(
          "tensor "
              + header.name()
              + " is unknown to this program: a newer version wrote the model; use that version");
    }
    List<Long> shape = tensor.shape().stream().map(Integer::longValue).toList();
    header.require(type, shape);
    arrays.put(tensor.name(), in.array(header));
  }

  /** Names of the tensors that have not been read. */
  Set<String> missing() {
    return new TreeSet<>(missing.keySet());
  }

  /** Sets the tensors of parameters; all must have been read. */
  void set(Parameters parameters) {
    layout.tensors().forEach(tensor -> set(tensor, parameters.dense()));
    layout.statistics().forEach(tensor -> set(tensor, parameters.statistics()));
    parameters.changed();
  }

  private void set(ParameterLayout.Tensor tensor, double[] into) {
    Object array = arrays.get(tensor.name());
    if (array instanceof float[] floats) {
      for (int i = 0; i < floats.length; i++) {
        into[tensor.offset() + i] = floats[i];
      }
    } else {
      System.arraycopy(array, 0, into, tensor.offset(), tensor.size());
    }
  }
}
