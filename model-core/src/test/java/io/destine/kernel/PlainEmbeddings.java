package io.destine.kernel;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.Parameters;
import java.util.Arrays;

/** The embeddings of one row, computed literally from the equations in plain doubles. */
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
            case ID -> pooled(ids(m), "none");
            case MULTI -> pooled(ids(m), name + ".pooling");
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

  /** The sum of the first-order weights; for a multi field, their mean. */
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

  /** The mean of table rows, or their sum weighted by softmax(w . row) where there is a query w. */
  private double[] pooled(int[] ids, String query) {
    double[][] rows = new double[ids.length][p.layout().embeddingDim()];
    double[] shares = new double[ids.length];
    for (int k = 0; k < ids.length; k++) {
      p.embedding().read(ids[k], rows[k], 0);
      shares[k] = p.layout().has(query) ? PlainMaths.dot(PlainMaths.tensor(p, query), rows[k]) : 0;
    }
    shares = PlainMaths.softmax(shares);
    double[] sum = new double[p.layout().embeddingDim()];
    for (int k = 0; k < ids.length; k++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += shares[k] * rows[k][i];
      }
    }
    return sum;
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
