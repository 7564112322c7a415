/**
 * Models on a Hadoop file system: the files of a model directory; atomic publication, so that a
 * reader never sees a mixture of two models; atomically replaced text files; the lock of a run.
 * Knows nothing of training.
 */
package io.destine.spark.store;
