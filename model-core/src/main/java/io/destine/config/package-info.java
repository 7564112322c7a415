/**
 * The settings of a model and of its training as records that check their ranges and hold their
 * defaults. Nothing here reads a file.
 */
package io.destine.config;
