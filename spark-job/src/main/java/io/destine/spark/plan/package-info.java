/** What a training will need of memory, wire and storage; computes, and touches nothing. */
package io.destine.spark.plan;
