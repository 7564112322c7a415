package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.VocabularyConfig;
import java.io.Serializable;
import java.util.List;

/**
 * How often a value occurs that gets an id.
 *
 * @param least of all fields
 * @param most [fields]
 */
record IdBounds(long least, long[] most) implements Serializable {
  /** No value gets an id. */
  static final IdBounds NONE = new IdBounds(Long.MAX_VALUE, new long[0]);

  private static final long serialVersionUID = 1;

  /** Those of a configuration; values of side tables can be as frequent as they are. */
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

  /** True when a value of a field that occurs so often gets an id. */
  boolean allow(int field, long count) {
    return count >= least && count <= most[field];
  }
}
