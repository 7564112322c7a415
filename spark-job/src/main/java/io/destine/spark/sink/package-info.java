/** Tables that commands write: their formats, and what may be replaced. */
package io.destine.spark.sink;
