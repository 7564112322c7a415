/**
 * The settings of a job: records with defaults and checks, and the one reader that knows the names
 * of keys. Nothing here touches data.
 */
package io.destine.spark.conf;
