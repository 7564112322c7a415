/**
 * Models on a Hadoop file system: the files of a model directory; publication, with which a reader
 * sees the old model or the new one, never a mixture; atomically replaced text files; the lock of a
 * run. Knows nothing of training.
 */
package io.destine.spark.store;
