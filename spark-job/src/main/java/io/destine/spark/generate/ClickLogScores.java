package io.destine.spark.generate;

import java.util.List;

/**
 * The figures of the teacher on a click log.
 *
 * @param all of all rows
 * @param newItems of the rows of the last day whose items are new on it
 * @param without [fields of items + 1] of the last day, or of all rows without days: what is known
 *     without a field of items, and without all of them
 * @param lastDay of the rows of the last day, which test in the configuration that generate writes
 *     for three days or more; of no rows without days
 */
public record ClickLogScores(
    TeacherScores all,
    TeacherScores lastDay,
    TeacherScores newItems,
    List<TeacherScores> without) {}
