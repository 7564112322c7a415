/** Generates click logs of any size, with labels from a known model. */
package io.destine.spark.generate;
