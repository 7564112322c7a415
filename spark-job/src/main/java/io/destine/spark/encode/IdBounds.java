package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.VocabularyConfig;
import java.io.Serializable;
import java.util.List;

/**
 * Minimum and maximum number of occurrences for a value to get an id.
 *
 * @param least minimum, for all fields
 * @param most [fields] maximum
 */
record IdBounds(long least, long[] most) implements Serializable {
  /** No value gets an id. */
  static final IdBounds NONE = new IdBounds(Long.MAX_VALUE, new long[0]);

  private static final long serialVersionUID = 1;

  /** The limits of a configuration; values of side tables have no maximum. */
  static IdBounds of(VocabularyConfig config, FittedFields fields, long trainingRows) {
    List<FieldSpec> specs = fields.specs();
    long[] most =
        specs.stream()
            .mapToLong(
                field ->
                    field.table() == null
                        ? config.mostOccurrences(field.name(), trainingRows)
                        : Long.MAX_VALUE)
            .toArray();
    return new IdBounds(config.minCount(), most);
  }

  /** True if a value of a field may get an id with this count. */
  boolean allow(int field, long count) {
    return count >= least && count <= most[field];
  }
}
