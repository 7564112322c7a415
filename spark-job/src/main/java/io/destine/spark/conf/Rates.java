package io.destine.spark.conf;

import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import java.util.List;

/** The label rates ({@link io.destine.feature.LabelRate}) that are additional fields. */
public enum Rates {
  /** Like nested if the search for crosses finds that this reduces the loss, else none. */
  AUTO,
  /** None. */
  NONE,
  /** Label rates of crosses that contain another cross, and of those that they contain. */
  NESTED,
  /** Label rates of all crosses. */
  CROSSES,
  /**
   * Label rates of all crosses, and of all fields of the log with a vocabulary of their own and one
   * value per row.
   */
  ALL;

  /**
   * The rate fields; none for {@link #AUTO}.
   *
   * @param fields fields and crosses
   */
  public List<FieldSpec> of(List<FieldSpec> fields) {
    List<FieldSpec> possible = fields.stream().filter(Rates::possible).toList();
    return possible.stream()
        .filter(
            field ->
                switch (this) {
                  case AUTO, NONE -> false;
                  case NESTED ->
                      possible.stream().anyMatch(o -> field.contains(o) || o.contains(field));
                  case CROSSES -> field.isCross();
                  case ALL -> true;
                })
        .map(FieldSpec::name)
        .map(FieldSpec::rate)
        .toList();
  }

  private static boolean possible(FieldSpec field) {
    return field.shape().kind() == FieldShape.Kind.ID
        && field.table() == null
        && !field.hashed()
        && field.shares() == null;
  }
}
