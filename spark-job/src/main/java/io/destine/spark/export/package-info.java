/** A published model as a file or a directory for programs other than this one. */
package io.destine.spark.export;
