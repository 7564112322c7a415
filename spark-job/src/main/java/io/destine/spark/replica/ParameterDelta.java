package io.destine.spark.replica;

import io.destine.config.Precision;
import io.destine.feature.PackedArrays;
import io.destine.param.Parameters;
import io.destine.param.RowTable;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * New values of the dense tensors, the running statistics and of some rows: what takes a replica
 * from one version to a later one. A wire type; float32 numbers, which lose nothing since
 * parameters are float32.
 */
public final class ParameterDelta implements Externalizable {
  private static final long serialVersionUID = 1;

  private long version;
  private float[] dense;
  private float[] statistics;
  private int[] ids;
  private float[] embedding;
  private float[] wide;

  /** For deserialisation. */
  public ParameterDelta() {}

  /**
   * The current values of the given rows and of everything that is not a row.
   *
   * @param version of the parameters that hold these values
   * @throws IllegalArgumentException when the parameters are not float32
   */
  public static ParameterDelta of(Parameters parameters, int[] ids, long version) {
    if (parameters.precision() != Precision.FLOAT32) {
      throw new IllegalArgumentException(
          "replicated parameters must be float32, got " + parameters.precision().key());
    }
    ParameterDelta delta = new ParameterDelta();
    delta.version = version;
    delta.dense = toFloats(parameters.dense());
    delta.statistics = toFloats(parameters.statistics());
    delta.ids = ids;
    delta.embedding = rows(parameters.embedding(), ids);
    delta.wide = parameters.wide() == null ? null : rows(parameters.wide(), ids);
    return delta;
  }

  private static float[] rows(RowTable table, int[] ids) {
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
    copy(dense, parameters.dense());
    copy(statistics, parameters.statistics());
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

  private void write(float[] values, RowTable table) {
    int width = table.width();
    double[] row = new double[width];
    for (int k = 0; k < ids.length; k++) {
      for (int i = 0; i < width; i++) {
        row[i] = values[k * width + i];
      }
      table.write(ids[k], row, 0);
    }
  }

  /** The version that the values belong to. */
  public long version() {
    return version;
  }

  /** Number of rows. */
  public int rows() {
    return ids.length;
  }

  /** Bytes on the wire, before compression. */
  public long bytes() {
    long numbers = (long) dense.length + statistics.length + ids.length + embedding.length;
    return 4 * (numbers + (wide == null ? 0 : wide.length));
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeLong(version);
    PackedArrays arrays = new PackedArrays(out);
    arrays.write(dense);
    arrays.write(statistics);
    arrays.write(ids);
    arrays.write(embedding);
    arrays.write(wide);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    version = in.readLong();
    dense = PackedArrays.readFloats(in);
    statistics = PackedArrays.readFloats(in);
    ids = PackedArrays.readInts(in);
    embedding = PackedArrays.readFloats(in);
    wide = PackedArrays.readFloats(in);
  }
}
