/** A published model as one file for programs other than this one. */
package io.destine.spark.export;
