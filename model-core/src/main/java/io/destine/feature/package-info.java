/**
 * Fields, vocabularies and encoded rows: everything between a raw record and the ids that are a
 * network's input.
 */
package io.destine.feature;
