/**
 * Models on a Hadoop file system: files of a model directory, and publication in which a reader
 * sees the old model or the new one, never a mixture; a text file replaced in one step; the lock of
 * a run. Knows nothing of training.
 */
package io.destine.spark.store;
