package io.destine.spark.replica;

import io.destine.config.Precision;
import io.destine.feature.PackedArrays;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * New values of some table rows and, in one of the deltas of a version, of the dense tensors and
 * the running statistics: what takes a replica from one version to a later one. A wire type;
 * float32 numbers, which lose nothing since parameters are float32.
 */
public final class ParameterDelta implements Externalizable {
  private static final long serialVersionUID = 1;

  private float[] dense;
  private float[] statistics;
  private int[] ids;
  private float[] embedding;
  private float[] wide;

  /** For deserialisation. */
  public ParameterDelta() {}

  /**
   * The current values of the given table rows and, when asked for, of everything that is not one.
   *
   * @param ids at most {@link #mostRows}
   * @throws IllegalArgumentException when the parameters are not float32
   */
  public static ParameterDelta of(Parameters parameters, int[] ids, boolean dense) {
    if (parameters.precision() != Precision.FLOAT32) {
      throw new IllegalArgumentException(
          "replicated parameters must be float32, got " + parameters.precision().key());
    }
    ParameterDelta delta = new ParameterDelta();
    delta.dense = dense ? toFloats(parameters.dense()) : null;
    delta.statistics = dense ? toFloats(parameters.statistics()) : null;
    delta.ids = ids;
    delta.embedding = rows(parameters.embedding(), ids);
    delta.wide = parameters.wide() == null ? null : rows(parameters.wide(), ids);
    return delta;
  }

  /**
   * The most table rows of one delta: their numbers take 64 MiB, far from what an array can hold.
   */
  public static int mostRows(Parameters parameters) {
    return Math.max(1, (1 << 24) / parameters.embedding().width());
  }

  private static float[] rows(ParameterTable table, int[] ids) {
    int width = table.width();
    float[] values = new float[Math.multiplyExact(ids.length, width)];
    double[] row = new double[width];
    for (int k = 0; k < ids.length; k++) {
      table.read(ids[k], row, 0);
      for (int i = 0; i < width; i++) {
        values[k * width + i] = (float) row[i];
      }
    }
    return values;
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Writes the values into a replica. */
  public void applyTo(Parameters parameters) {
    if (dense != null) {
      copy(dense, parameters.dense());
      copy(statistics, parameters.statistics());
    }
    write(embedding, parameters.embedding());
    if (wide != null) {
      write(wide, parameters.wide());
    }
    parameters.changed();
  }

  private static void copy(float[] from, double[] to) {
    for (int i = 0; i < from.length; i++) {
      to[i] = from[i];
    }
  }

  private void write(float[] values, ParameterTable table) {
    int width = table.width();
    double[] row = new double[width];
    for (int k = 0; k < ids.length; k++) {
      for (int i = 0; i < width; i++) {
        row[i] = values[k * width + i];
      }
      table.write(ids[k], row, 0);
    }
  }

  /** Number of table rows. */
  public int rows() {
    return ids.length;
  }

  /** Bytes on the wire, before compression. */
  public long bytes() {
    long numbers = (long) ids.length + embedding.length + (wide == null ? 0 : wide.length);
    return 4 * (numbers + (dense == null ? 0 : (long) dense.length + statistics.length));
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    PackedArrays arrays = new PackedArrays(out);
    arrays.write(dense);
    arrays.write(statistics);
    arrays.write(ids);
    arrays.write(embedding);
    arrays.write(wide);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    dense = PackedArrays.readFloats(in);
    statistics = PackedArrays.readFloats(in);
    ids = PackedArrays.readInts(in);
    embedding = PackedArrays.readFloats(in);
    wide = PackedArrays.readFloats(in);
  }
}
