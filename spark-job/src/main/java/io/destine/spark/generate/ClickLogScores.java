package io.destine.spark.generate;

/**
 * What the teacher scores on a click log.
 *
 * @param all of all rows
 * @param lastDay of the rows of the last day, which test in the configuration that generate writes
 *     for three days or more; of no rows without days
 */
public record ClickLogScores(TeacherScores all, TeacherScores lastDay) {}
