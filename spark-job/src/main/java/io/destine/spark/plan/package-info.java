/**
 * Estimates the memory, network traffic, step time and storage of a training run; pure
 * computations.
 */
package io.destine.spark.plan;
