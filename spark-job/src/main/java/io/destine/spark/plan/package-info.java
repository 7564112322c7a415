/** Estimates the memory, network traffic and storage of a training run; pure computations. */
package io.destine.spark.plan;
