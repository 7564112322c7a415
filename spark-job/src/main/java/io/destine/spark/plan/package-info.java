/** The memory, network traffic and storage of a training; computes, and touches nothing. */
package io.destine.spark.plan;
