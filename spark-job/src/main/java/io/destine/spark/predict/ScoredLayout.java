package io.destine.spark.predict;

import java.io.Serializable;

/**
 * The values of a scored row: kept values of the input, the score, then optional ones.
 *
 * @param kept columns of the input
 * @param corrupt column of the input that is not null in malformed rows, or -1
 * @param score kind of the score
 * @param reason whether the reason for a missing probability follows
 * @param explanation column of the explanation that follows, or null
 * @param ranked whether the sort keys for ranking follow: the value of a column; file, start and
 *     number of an {@link io.destine.spark.source.InputPlace}
 * @param by column of the input with a separate ranking for each of its values, or -1
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
