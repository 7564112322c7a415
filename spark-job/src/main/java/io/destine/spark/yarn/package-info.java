/** Applications on YARN that a schedule has submitted; knows nothing of what they do. */
package io.destine.spark.yarn;
