/** Threads of this process. */
package io.destine.spark.thread;
