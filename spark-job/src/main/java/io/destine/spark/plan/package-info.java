/** Estimates the memory, network traffic and storage of a training; pure computations. */
package io.destine.spark.plan;
