package io.destine.onnx;

import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A constant of a graph: its type, its dimensions, and its elements, little-endian, row-major. */
sealed interface GraphTensor {
  String name();

  List<Long> dimensions();

  /** Bytes of an element. */
  int elementBytes();

  /** Writes all elements. */
  void write(OutputStream out) throws IOException;

  /** Bytes of all elements. */
  default long bytes() {
    return dimensions().stream().reduce((long) elementBytes(), Math::multiplyExact);
  }

  /** A part of the flat array of dense tensors or statistics, as floats. */
  record Weights(ParameterLayout.Tensor tensor, double[] values) implements GraphTensor {
    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public List<Long> dimensions() {
      return tensor.shape().stream().map(Integer::longValue).toList();
    }

    @Override
    public int elementBytes() {
      return Float.BYTES;
    }

    @Override
    public void write(OutputStream out) throws IOException {
      writeFloats(out, values, tensor.offset(), tensor.size());
    }
  }

  /** A table [V, width], as floats, never copied whole. */
  record Table(String name, ParameterTable rows) implements GraphTensor {
    @Override
    public List<Long> dimensions() {
      return List.of((long) rows.rows(), (long) rows.width());
    }

    @Override
    public int elementBytes() {
      return Float.BYTES;
    }

    @Override
    public void write(OutputStream out) throws IOException {
      double[] row = new double[rows.width()];
      ByteBuffer bytes = buffer(rows.width() * Float.BYTES);
      for (int id = 0; id < rows.rows(); id++) {
        rows.read(id, row, 0);
        for (int i = 0; i < row.length; i++) {
          bytes.putFloat(i * Float.BYTES, (float) row[i]);
        }
        out.write(bytes.array());
      }
    }
  }

  /** Integers. */
  record Longs(String name, List<Long> dimensions, long[] values) implements GraphTensor {
    @Override
    public int elementBytes() {
      return Long.BYTES;
    }

    @Override
    public void write(OutputStream out) throws IOException {
      ByteBuffer bytes = buffer(values.length * Long.BYTES);
      bytes.asLongBuffer().put(values);
      out.write(bytes.array());
    }
  }

  /** Numbers in double precision. */
  record Doubles(String name, List<Long> dimensions, double[] values) implements GraphTensor {
    @Override
    public int elementBytes() {
      return Double.BYTES;
    }

    @Override
    public void write(OutputStream out) throws IOException {
      ByteBuffer bytes = buffer(values.length * Double.BYTES);
      bytes.asDoubleBuffer().put(values);
      out.write(bytes.array());
    }
  }

  /** Numbers of the network that are not parameters. */
  record Floats(String name, List<Long> dimensions, double[] values) implements GraphTensor {
    @Override
    public int elementBytes() {
      return Float.BYTES;
    }

    @Override
    public void write(OutputStream out) throws IOException {
      writeFloats(out, values, 0, values.length);
    }
  }

  private static void writeFloats(OutputStream out, double[] values, int at, int count)
      throws IOException {
    int step = 1 << 14;
    ByteBuffer bytes = buffer(Math.min(step, count) * Float.BYTES);
    for (int done = 0; done < count; done += step) {
      int n = Math.min(step, count - done);
      for (int i = 0; i < n; i++) {
        bytes.putFloat(i * Float.BYTES, (float) values[at + done + i]);
      }
      out.write(bytes.array(), 0, n * Float.BYTES);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
