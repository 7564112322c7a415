package io.destine.spark.generate;

import java.util.List;

/**
 * The figures of the teacher on a click log.
 *
 * @param all of all rows
 * @param newItems of the rows of the last day whose items are new on it
 * @param without [fields of items + 1] of the last day, or of all rows if there are no days:
 *     figures without one field of items, and without all of them; empty if there are no fields of
 *     items
 * @param lastDay of the rows of the last day, which are the test rows in the configuration written
 *     by generate for three or more days; of no rows if there are no days
 */
public record ClickLogScores(
    TeacherScores all,
    TeacherScores lastDay,
    TeacherScores newItems,
    List<TeacherScores> without) {}
