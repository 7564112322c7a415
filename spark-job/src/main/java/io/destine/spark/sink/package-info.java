/** Tables written by commands: formats, and rules for replacing existing tables. */
package io.destine.spark.sink;
