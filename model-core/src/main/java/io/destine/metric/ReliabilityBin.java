package io.destine.metric;

/**
 * One row of a reliability table: the rows whose predicted probability is in [from, to).
 *
 * @param from lower bound
 * @param to upper bound, inclusive in the last bin
 * @param rows number of rows
 * @param weight their weight
 * @param meanPrediction their weighted mean probability, 0 without weight
 * @param positiveRate their weighted share of label 1, 0 without weight
 */
public record ReliabilityBin(
    double from, double to, long rows, double weight, double meanPrediction, double positiveRate) {}
