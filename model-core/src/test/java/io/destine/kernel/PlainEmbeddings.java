package io.destine.kernel;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.Parameters;
import java.util.Arrays;

/** The embeddings of one row by the letter of the model, in plain doubles. */
final class PlainEmbeddings {
  private final Parameters p;
  private final FieldLayout fields;
  private final EncodedBatch batch;
  private final int row;

  PlainEmbeddings(Parameters p, FieldLayout fields, EncodedBatch batch, int row) {
    this.p = p;
    this.fields = fields;
    this.batch = batch;
    this.row = row;
  }

  /** One vector per field. */
  double[][] vectors() {
    double[][] e = new double[fields.size()][];
    for (int m = 0; m < e.length; m++) {
      FieldShape field = fields.field(m);
      String name = "fields." + field.name();
      e[m] =
          switch (field.kind()) {
            case ID, MULTI -> mean(ids(m));
            case LINEAR -> {
              double number = Float.isNaN(numbers(m)[0]) ? 0 : numbers(m)[0];
              yield Arrays.stream(PlainMaths.tensor(p, name + ".weight"))
                  .map(weight -> number * weight)
                  .toArray();
            }
            case VECTOR -> PlainMaths.affine(p, name, doubles(numbers(m)));
          };
    }
    return e;
  }

  /** The sum of the first-order weights, of a multi field their mean. */
  double firstOrder() {
    double sum = 0;
    double[] weight = new double[1];
    for (int m = 0; m < fields.size(); m++) {
      int[] ids = ids(m);
      for (int id : ids) {
        p.wide().read(id, weight, 0);
        sum += weight[0] / ids.length;
      }
    }
    return sum;
  }

  private double[] mean(int[] ids) {
    double[] mean = new double[p.layout().embeddingDim()];
    double[] vector = new double[mean.length];
    for (int id : ids) {
      p.embedding().read(id, vector, 0);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += vector[i] / ids.length;
      }
    }
    return mean;
  }

  private int[] ids(int m) {
    int column = fields.column(m);
    return switch (fields.field(m).kind()) {
      case ID -> new int[] {batch.ids()[row * fields.singles() + column]};
      case MULTI -> {
        int list = row * fields.multis() + column;
        int[] offsets = batch.multiOffsets();
        yield Arrays.copyOfRange(batch.multiIds(), offsets[list], offsets[list + 1]);
      }
      case LINEAR, VECTOR -> new int[0];
    };
  }

  private float[] numbers(int m) {
    int from = row * fields.denseWidth() + fields.column(m);
    return Arrays.copyOfRange(batch.dense(), from, from + fields.field(m).length());
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
