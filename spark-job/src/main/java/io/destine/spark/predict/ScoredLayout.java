package io.destine.spark.predict;

import java.io.Serializable;

/**
 * Which values a scored row has: the kept ones of the input, the score, then what else is asked
 * for.
 *
 * @param kept columns of the input
 * @param corrupt column of the input that is not null in malformed rows, or -1
 * @param score what the score is
 * @param reason whether the reason why there is no probability follows
 * @param explanation of the row, which follows, or null
 * @param ranked whether what rows are ranked by follows: the value of a column, file, start and
 *     number of an {@link io.destine.spark.source.InputPlace}
 * @param by column of the input of whose values each has a ranking, or -1
 */
record ScoredLayout(
    int[] kept,
    int corrupt,
    RowScore score,
    boolean reason,
    ExplanationColumn explanation,
    boolean ranked,
    int by)
    implements Serializable {}
