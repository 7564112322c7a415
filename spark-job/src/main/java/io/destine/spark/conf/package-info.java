/**
 * The settings of a job: records with defaults and checks, and the only reader that knows the names
 * of keys. Nothing here touches data.
 */
package io.destine.spark.conf;
