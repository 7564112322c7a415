/** Click logs of any size, whose labels come from a known model. */
package io.destine.spark.generate;
