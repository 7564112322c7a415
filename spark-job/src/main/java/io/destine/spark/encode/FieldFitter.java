package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.spark.source.CheckedRows;
import java.util.ArrayList;
import java.util.List;

/** Learns cut points, means and standard deviations from the training rows. */
final class FieldFitter {
  private FieldFitter() {}

  /** The fields of the rows, fitted; the same however the rows are ordered and partitioned. */
  static FittedFields fit(CheckedRows rows) {
    List<FittedField> fitted = new ArrayList<>();
    for (int m = 0; m < rows.fields().size(); m++) {
      FieldSpec spec = rows.fields().get(m);
      if (spec.transform() == Transform.QUANTILE) {
        fitted.add(FittedField.quantile(spec, ExactQuantiles.of(rows, m, spec.buckets())));
      } else if (spec.transform() == Transform.LINEAR) {
        ExactMoments moments = ExactMoments.of(rows, m);
        fitted.add(FittedField.linear(spec, moments.mean(), moments.std()));
      } else {
        fitted.add(FittedField.of(spec));
      }
    }
    return new FittedFields(fitted);
  }
}
